// One process for all specs of the core: a process costs a second, a spec does not.
import './account.spec.ts';
import './direct.spec.ts';
import './following.spec.ts';
import './limits.spec.ts';
import './names.spec.ts';
import './password.spec.ts';
import './room.spec.ts';
import './server.spec.ts';
import './session.spec.ts';
import './stream.spec.ts';
import './text.spec.ts';
import './totality.spec.ts';
import './views/chat.spec.ts';
import './views/followers.spec.ts';
import './views/rooms.spec.ts';
import './views/servers.spec.ts';
import './views/sessions.spec.ts';
