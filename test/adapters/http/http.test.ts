// One process for all specs of HTTPS that need no port: a process costs a second, a spec does not.
import './web-origins.spec.ts';
import '../address-range.spec.ts';
