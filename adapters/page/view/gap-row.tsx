import { loadGap } from '../session/loading.ts';
import type { Gap } from '../state/entry.ts';
import type { TalkKey } from '../state/talk.ts';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';

interface GapRowProps {
  readonly name: string;
  readonly talkKey: TalkKey;
  readonly gap: Gap;
}

/** Something is missing here: what, why, and whether it can be had. */
export function GapRow({ name, talkKey, gap }: GapRowProps) {
  const chat = useChat();
  return (
    <div role="listitem" class="gap" data-row={name}>
      <Icon name="warning" />
      <span>{wordsOf(gap)}</span>
      {gap.reason !== 'passedOver' ? null : gap.loading ? (
        <span class="spinner" />
      ) : (
        <button type="button" class="text-button" onClick={() => void loadGap(chat, talkKey, gap)}>
          Load them
        </button>
      )}
    </div>
  );
}

function wordsOf({ reason, from, to, loading }: Gap): string {
  const range =
    to === undefined
      ? `from number ${from} on`
      : to === from
        ? `number ${from}`
        : `numbers ${from} to ${to}`;
  switch (reason) {
    case 'passedOver':
      return loading ? 'Loading what was missed…' : `Something is missing here: ${range}.`;
    case 'retention':
      return `Older messages are no longer kept: ${range} can no longer be shown.`;
    case 'epoch':
      return `The server’s log was set back: what stood here (${range}) is lost or has changed.`;
  }
}
