import { sayAgain } from '../session/saying.ts';
import { hueOf } from '../state/avatar.ts';
import type { Outgoing } from '../state/outgoing.ts';
import type { TalkKey } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { MessageText } from './message-text.tsx';
import { clockTime, machineTime } from './times.ts';

interface OutgoingRowProps {
  readonly name: string;
  readonly talkKey: TalkKey;
  readonly me: string;
  readonly outgoing: Outgoing;
  readonly leads: boolean;
}

/** A message of one's own that is not known to be stored: on its way, or failed. */
export function OutgoingRow({ name, talkKey, me, outgoing, leads }: OutgoingRowProps) {
  const chat = useChat();
  const { id, text, at, status } = outgoing;
  return (
    <div
      role="listitem"
      class={`message mine ${status.kind} ${leads ? 'leads' : ''}`}
      data-row={name}
      tabIndex={-1}
    >
      {leads ? (
        <>
          <Avatar name={me} />
          <p class="message-head">
            <bdi class={`person hue-${hueOf(me)}`}>{me}</bdi>
            <time class="message-time" dateTime={machineTime(at)}>
              {clockTime(at)}
            </time>
          </p>
        </>
      ) : null}
      <MessageText text={text} />
      {status.kind === 'pending' ? (
        <span class="sending">
          <Icon name="clock" />
          <span class="visually-hidden">Sending</span>
        </span>
      ) : null}
      {status.kind === 'failed' ? (
        <div class="failure" role="alert">
          <Icon name="warning" />
          <span>{status.unknown ? status.words : `Not sent. ${status.words}`}</span>
          <span class="failure-actions">
            <button
              type="button"
              class="text-button"
              onClick={() => void sayAgain(chat, talkKey, outgoing)}
            >
              Try again
            </button>
            <button
              type="button"
              class="text-button"
              onClick={() => chat.dispatch({ type: 'discarded', key: talkKey, id })}
            >
              Discard
            </button>
          </span>
        </div>
      ) : null}
    </div>
  );
}
