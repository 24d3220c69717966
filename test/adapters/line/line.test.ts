// One process for all specs of the line protocol and of strangers at its door: a process costs a second, a spec does not.
import '../strangers.spec.ts';
import '../text-memory.spec.ts';
import './line-command.spec.ts';
import './line-decoder.spec.ts';
import './line-link.spec.ts';
import './line-text.spec.ts';
