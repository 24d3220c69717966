import { useState } from 'preact/hooks';

import { errorWords } from '../../../core/error-catalogue.ts';
import { parseUserName } from '../../../core/names.ts';
import { openDirect } from '../session/places.ts';
import type { PageState } from '../state/page-state.ts';
import { Avatar } from './avatar.tsx';
import { moveAmongButtons } from './button-keys.ts';
import { useChat } from './chat-context.ts';
import { Dialog } from './dialog.tsx';
import { NameForm } from './name-form.tsx';

interface ConversationDialogProps {
  readonly state: PageState;
  readonly me: string;
  readonly onClose: () => void;
}

/** Begins a conversation with somebody, by name; who is about is offered. */
export function ConversationDialog({ state, me, onClose }: ConversationDialogProps) {
  const chat = useChat();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const begin = (name: string): void => {
    const user = parseUserName(name);
    if (user === undefined) return setFault(errorWords('InvalidUserName', name));
    if (user === me) return setFault(errorWords('CannotMessageSelf', ''));
    openDirect(chat, user);
    onClose();
  };
  const about = peopleAbout(state, me).filter((user) => user.includes(typed.trim().toLowerCase()));
  return (
    <Dialog title="Write to somebody" onClose={onClose}>
      <NameForm
        label="User name"
        dir="ltr"
        fault={fault}
        onType={(name) => {
          setTyped(name);
          setFault(undefined);
        }}
        onSubmit={() => begin(typed.trim())}
      >
        Write
      </NameForm>
      <section class="directory" onKeyDown={moveAmongButtons}>
        {about.length === 0 ? null : <h3>In your rooms now</h3>}
        <ul>
          {about.map((user) => (
            <li key={user}>
              <button type="button" class="person-item" onClick={() => begin(user)}>
                <Avatar name={user} present />
                <bdi>{user}</bdi>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  );
}

function peopleAbout({ talks }: PageState, me: string): readonly string[] {
  const people = new Set<string>();
  for (const talk of talks.values())
    if (talk.kind === 'room') for (const member of talk.members) people.add(member);
  people.delete(me);
  return [...people].toSorted();
}
