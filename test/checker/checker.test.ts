// One process for all specs of the checker.
import './history.spec.ts';
import './log.spec.ts';
import './partitions.spec.ts';
import './random.spec.ts';
import './received.spec.ts';
import './sent.spec.ts';
