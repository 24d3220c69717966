import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { joinRoom, openTalkAt } from '../session/places.ts';
import { failureOf } from '../session/failure-words.ts';
import { hueOf } from '../state/avatar.ts';
import type { FollowedMessage, PageState } from '../state/page-state.ts';
import { roomKey } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { MessageText } from './message-text.tsx';
import { useShowPerson } from './person-context.ts';
import { machineTime, momentWords } from './times.ts';

const endPx = 48;

/** The messages, the newest at the end, each with its room. */
export function FollowedMessages({ state }: { readonly state: PageState }) {
  const chat = useChat();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { followed, following } = state;
  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < endPx;
    chat.dispatch({ type: 'watched', watching: atEnd.current && !document.hidden });
  };
  useLayoutEffect(() => {
    if (atEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [followed]);
  useEffect(() => {
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [followed]);
  return (
    <div
      ref={box}
      class="scroller"
      role="region"
      aria-label="Messages"
      tabIndex={0}
      onScroll={look}
    >
      {followed.length === 0 ? (
        <div class="first alone">
          <span class="room-mark large">
            <Icon name="eye" />
          </span>
          <h2>{following.size === 0 ? 'You follow nobody yet' : 'Nothing yet'}</h2>
          <p class="quiet">
            {following.size === 0
              ? 'Click on a name and choose Follow. What they say in rooms you are not in is shown here while you are logged in.'
              : 'What the people you follow say in rooms you are not in is shown here, from now on.'}
          </p>
        </div>
      ) : (
        <ol class="rows">
          {followed.map((message) => (
            <FollowedRow
              key={`${message.room} ${message.epoch} ${message.place}`}
              message={message}
              isMember={state.talks.has(roomKey(message.room))}
            />
          ))}
        </ol>
      )}
    </div>
  );
}

interface FollowedRowProps {
  readonly message: FollowedMessage;
  readonly isMember: boolean;
}

function FollowedRow({ message, isMember }: FollowedRowProps) {
  const chat = useChat();
  const persons = useShowPerson();
  const { user, room, name, at, text } = message;
  const go = (): void => {
    if (isMember) openTalkAt(chat, roomKey(room));
    else
      joinRoom(chat, name).catch((error: unknown) =>
        chat.dispatch({ type: 'noticed', words: failureOf(error).words }),
      );
  };
  return (
    <li class="message leads">
      <Avatar name={user} />
      <p class="message-head">
        <button
          type="button"
          class={`person hue-${hueOf(user)}`}
          aria-haspopup="menu"
          onClick={({ currentTarget }) => persons.show({ user, anchor: currentTarget })}
        >
          <bdi>{user}</bdi>
        </button>
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
        <time class="message-time" dateTime={machineTime(at)}>
          {momentWords(at, Date.now())}
        </time>
      </p>
      <MessageText text={text} />
    </li>
  );
}
