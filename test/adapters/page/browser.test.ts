// One process, and so one browser, for all that is seen of the page.
import './browser/connection.spec.ts';
import './browser/entering.spec.ts';
import './browser/going-back.spec.ts';
import './browser/keyboard.spec.ts';
import './browser/looks.spec.ts';
import './browser/people.spec.ts';
import './browser/reading.spec.ts';
import './browser/saying.spec.ts';
import { endBrowser } from './browser/visit.ts';

await endBrowser();
