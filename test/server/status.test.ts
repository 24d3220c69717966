// One process for what a chat server says of itself.
import './readiness.spec.ts';
import './metrics.spec.ts';
