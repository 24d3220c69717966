// One process for all specs of the line protocol: a process costs a second, a spec does not.
import './line-command.spec.ts';
import './line-decoder.spec.ts';
import './line-link.spec.ts';
import './line-text.spec.ts';
