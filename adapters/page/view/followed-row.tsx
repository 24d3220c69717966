import { failureOf } from '../session/failure-words.ts';
import { joinRoom, openTalkAt } from '../session/places.ts';
import type { FollowedMessage } from '../state/page-state.ts';
import { roomKey } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { memo } from './memo.ts';
import { MessageTime, PersonButton } from './message-row.tsx';
import { MessageText } from './message-text.tsx';
import { clockTime } from './times.ts';

interface FollowedRowProps {
  readonly name: string;
  readonly message: FollowedMessage;
  readonly leads: boolean;
  /** Whether one is in its room by now. */
  readonly isMember: boolean;
}

/** What a followed user said. The first of a group shows who says it, and the way to the room. */
export const FollowedRow = memo(({ name, message, leads, isMember }: FollowedRowProps) => {
  const { user, at, text, name: room } = message;
  return (
    <div
      role="listitem"
      class={`message ${leads ? 'leads' : ''}`}
      data-row={name}
      tabIndex={-1}
      aria-label={`${user} in ${room}, ${clockTime(at)}: ${text}`}
    >
      {leads ? (
        <>
          <Avatar name={user} />
          <p class="message-head">
            <PersonButton user={user} />
            <RoomButton message={message} isMember={isMember} />
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
    </div>
  );
});

function RoomButton({ message, isMember }: Pick<FollowedRowProps, 'message' | 'isMember'>) {
  const chat = useChat();
  const { room, name } = message;
  const go = (): void => {
    if (isMember) openTalkAt(chat, roomKey(room));
    else
      joinRoom(chat, name).catch((error: unknown) =>
        chat.dispatch({ type: 'noticed', words: failureOf(error).words }),
      );
  };
  return (
    <button
      type="button"
      class="subbed"
      title={isMember ? 'Open the room' : 'Join the room'}
      onClick={go}
    >
      Subbed
      <Icon name="hash" />
      <bdi>{name}</bdi>
      <span class="visually-hidden">: {isMember ? 'open the room' : 'join the room'}</span>
    </button>
  );
}
