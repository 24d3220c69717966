// One process for all specs of the chat server: a process costs a second, a spec does not.
import './greeting.spec.ts';
import './one-session.spec.ts';
import './rooms.spec.ts';
import './following.spec.ts';
import './direct-messages.spec.ts';
import './account-commands.spec.ts';
import './receipts.spec.ts';
import './ordering.spec.ts';
import './session-end.spec.ts';
import './store-faults.spec.ts';
import './inbox-faults.spec.ts';
import './rollback.spec.ts';
import './server-end.spec.ts';
