import { loadOlder } from '../session/loading.ts';
import { keyOf, nameOf, type Talk } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

interface BeginningProps {
  readonly talk: Talk;
  /** Whether the first of what is loaded is shown. */
  readonly isWhole: boolean;
}

/** What stands above the first message that is shown. */
export function Beginning({ talk, isWhole }: BeginningProps) {
  const chat = useChat();
  const { older } = talk.timeline;
  if (!isWhole) return null;
  if (older === 'none') return <First talk={talk} />;
  if (older === 'failed')
    return (
      <p class="beginning">
        Older messages could not be loaded.{' '}
        <button type="button" class="text-button" onClick={() => void loadOlder(chat, keyOf(talk))}>
          Try again
        </button>
      </p>
    );
  return (
    <p class="beginning">
      <span class="spinner" /> Loading…
    </p>
  );
}

function First({ talk }: { readonly talk: Talk }) {
  const wasForgotten = talk.timeline.entries.some(({ kind }) => kind === 'gap');
  const isEmpty = talk.last === undefined && talk.outgoing.length === 0 && !wasForgotten;
  return (
    <div class={`first ${isEmpty ? 'alone' : ''}`}>
      {talk.kind === 'room' ? (
        <span class="room-mark large">
          <Icon name="hash" />
        </span>
      ) : (
        <Avatar name={talk.peer} size="large" />
      )}
      <h2>
        <bdi>{nameOf(talk)}</bdi>
      </h2>
      <p class="quiet">
        {talk.kind === 'room'
          ? isEmpty
            ? firstWords(talk.members.size)
            : 'This is where the room begins.'
          : isEmpty
            ? `What you write here, only ${talk.peer} and you can read. It waits if they are away. Whether there is a user of this name, the first message tells.`
            : `This is where your conversation with ${talk.peer} begins.`}
      </p>
    </div>
  );
}

/** To whoever is alone it is said that nothing is wrong. */
function firstWords(members: number): string {
  const words = 'Nobody has said anything here yet. The first word is yours.';
  return members > 1 ? words : `${words} You are alone at the moment; it waits for whoever comes.`;
}
