// One process for all specs of the client: a process costs a second, a spec does not.
import './asking.spec.ts';
import './coming-back.spec.ts';
import './density.spec.ts';
import './hearing.spec.ts';
import './in-a-browser.spec.ts';
import './loading-again.spec.ts';
import './messages-again.spec.ts';
import './reconnection.spec.ts';
import './session-end.spec.ts';
import './silence.spec.ts';
import './stopping.spec.ts';
