import { hueOf } from '../state/avatar.ts';
import type { Message } from '../state/entry.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { memo } from './memo.ts';
import { MessageText } from './message-text.tsx';
import { useShowPerson } from './person-context.ts';
import { clockTime, machineTime, wholeTime } from './times.ts';

interface MessageRowProps {
  readonly name: string;
  readonly message: Message;
  readonly leads: boolean;
  readonly isMine: boolean;
  readonly isFollowed: boolean;
}

/** A message. The first of a group shows who says it. */
export const MessageRow = memo((props: MessageRowProps) => {
  const { name, message, leads, isMine, isFollowed } = props;
  const { user, at, text, place } = message;
  return (
    <div
      role="listitem"
      class={`message ${leads ? 'leads' : ''} ${isMine ? 'mine' : ''}`}
      data-row={name}
      tabIndex={-1}
      aria-label={`${user}, ${clockTime(at)}: ${text}`}
    >
      {leads ? (
        <>
          <Avatar name={user} />
          <p class="message-head">
            <PersonButton user={user} />
            {isFollowed ? (
              <span class="followed-mark" title="You follow them">
                <Icon name="eye" />
                <span class="visually-hidden">followed</span>
              </span>
            ) : null}
            <MessageTime at={at} />
          </p>
        </>
      ) : (
        <>
          <PersonButton user={user} isHidden />
          <MessageTime at={at} />
        </>
      )}
      <MessageText text={text} />
      {isMine ? (
        <span class="sent" title={`Stored as number ${place} of the room`}>
          <Icon name="check" />
          <span class="visually-hidden">stored</span>
        </span>
      ) : null}
    </div>
  );
});

/** The way to what can be done about somebody. The arrow keys find it, so Tab need not stop here. */
export function PersonButton({
  user,
  isHidden,
}: {
  readonly user: string;
  readonly isHidden?: true;
}) {
  const persons = useShowPerson();
  return (
    <button
      type="button"
      class={isHidden ? 'visually-hidden' : `person hue-${hueOf(user)}`}
      data-person={user}
      tabIndex={-1}
      aria-haspopup="menu"
      onClick={({ currentTarget }) => {
        const row = currentTarget.closest<HTMLElement>('[data-row]');
        persons.show({ user, anchor: isHidden && row !== null ? row : currentTarget });
      }}
    >
      <bdi>{user}</bdi>
    </button>
  );
}

/** In a room the clock is enough: marks tell the day. */
export function MessageTime({ at }: { readonly at: number }) {
  return (
    <time class="message-time" dateTime={machineTime(at)} title={wholeTime(at)}>
      {clockTime(at)}
    </time>
  );
}
