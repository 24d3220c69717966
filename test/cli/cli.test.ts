// One process for the parts of the command line that need none of their own.
import './banner.spec.ts';
import './help-examples.spec.ts';
import './invocation.spec.ts';
import './logger.spec.ts';
import './progress.spec.ts';
import './serve-addresses.spec.ts';
import './make-accounts.spec.ts';
import './serve-options.spec.ts';
import './trust-commands.spec.ts';
import './unreached-copies.spec.ts';
