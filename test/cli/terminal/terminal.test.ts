// One process for all specs of the terminal client: a process costs a second, a spec does not.
import './address.spec.ts';
import './chat-pipe.spec.ts';
import './chat-terminal.spec.ts';
import './completion.spec.ts';
import './conversation.spec.ts';
import './dial.spec.ts';
import './input-field.spec.ts';
import './input-layout.spec.ts';
import './line-editor.spec.ts';
import './line-link.spec.ts';
import './login-dialog.spec.ts';
import './paint.spec.ts';
import './screen.spec.ts';
import './server-line.spec.ts';
