// One process for all specs of the page's state: a process costs a second, a spec does not.
import './state/address.spec.ts';
import './state/arrivals.spec.ts';
import './state/asked.spec.ts';
import './state/avatar.spec.ts';
import './state/chunks.spec.ts';
import './state/followed-rows.spec.ts';
import './state/gaps.spec.ts';
import './state/heard.spec.ts';
import './state/history.spec.ts';
import './state/linked.spec.ts';
import './state/links.spec.ts';
import './state/meaning.spec.ts';
import './state/opened.spec.ts';
import './state/rows.spec.ts';
import './state/search.spec.ts';
import './state/shown.spec.ts';
import './state/sending.spec.ts';
