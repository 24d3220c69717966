// One process for all specs of the checker.
import './log.spec.ts';
import './random.spec.ts';
import './received.spec.ts';
import './sent.spec.ts';
