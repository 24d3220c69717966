// One process for all specs of sealing: a process costs a second, a spec does not.
import './sealer.spec.ts';
import './checkpoint-keeper.spec.ts';
import './sealing.spec.ts';
