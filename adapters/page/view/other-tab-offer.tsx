import { goOnHere } from '../session/entering.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';

/** Another tab has a session: it can go on here, without the password. */
export function OtherTabOffer({ user }: { readonly user: string }) {
  const chat = useChat();
  return (
    <section class="offer" aria-label="Another tab">
      <Avatar name={user} />
      <p>
        <strong>{user}</strong> is logged in in another tab.
      </p>
      <button type="button" class="button primary" onClick={() => void goOnHere(chat)}>
        Use here
      </button>
    </section>
  );
}
