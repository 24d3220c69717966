// One process for all specs of the audit: a process costs a second, a spec does not.
import './notes.spec.ts';
import './verdicts.spec.ts';
import './proofs.spec.ts';
