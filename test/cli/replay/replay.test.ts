// One process for the parts of replay that need none of their own.
import './difference.spec.ts';
import './instant.spec.ts';
import './merged-log.spec.ts';
import './moment.spec.ts';
import './record-format.spec.ts';
import './replay-options.spec.ts';
import './report.spec.ts';
import './step-screen.spec.ts';
import './stepper.spec.ts';
import './trimmed-start.spec.ts';
import './waiting-messages.spec.ts';
import './who-saw.spec.ts';
