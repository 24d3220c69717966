import { memo } from './memo.ts';

import { openTalkAt } from '../session/places.ts';
import { isHere, type PageState } from '../state/page-state.ts';
import { keyOf, nameOf, type Talk, unreadMax } from '../state/talk.ts';
import { Avatar } from './avatar.tsx';
import { useChat } from './chat-context.ts';
import { Icon } from './icon.tsx';
import { briefTime, machineTime } from './times.ts';
import { useNow } from './use-now.ts';

interface TalkListProps {
  readonly title: string;
  readonly talks: readonly Talk[];
  readonly state: PageState;
  readonly addLabel: string;
  readonly onAdd: () => void;
}

const minuteMs = 60_000;

export function TalkList({ title, talks, state, addLabel, onAdd }: TalkListProps) {
  const now = useNow(minuteMs);
  const { open, me } = state;
  return (
    <section class="talk-list">
      <header>
        <h2>{title}</h2>
        <button type="button" class="icon-button" aria-label={addLabel} onClick={onAdd}>
          <Icon name="plus" />
        </button>
      </header>
      {talks.length === 0 ? <p class="quiet none">None yet</p> : null}
      <ul>
        {talks.map((talk) => (
          <TalkItem
            key={keyOf(talk)}
            talk={talk}
            me={me}
            now={now}
            isOpen={open.kind === 'talk' && open.key === keyOf(talk)}
            present={talk.kind === 'direct' ? isHere(state, talk.peer) : undefined}
          />
        ))}
      </ul>
    </section>
  );
}

interface TalkItemProps {
  readonly talk: Talk;
  readonly me: string | undefined;
  readonly now: number;
  readonly isOpen: boolean;
  readonly present: boolean | undefined;
}

const TalkItem = memo(({ talk, me, now, isOpen, present }: TalkItemProps) => {
  const chat = useChat();
  const { last, unread } = talk;
  const name = nameOf(talk);
  return (
    <li>
      <button
        type="button"
        class={`talk-item ${unread > 0 ? 'unread' : ''}`}
        aria-current={isOpen ? 'page' : undefined}
        onClick={() => openTalkAt(chat, keyOf(talk))}
      >
        {talk.kind === 'room' ? (
          <span class="room-mark">
            <Icon name="hash" />
          </span>
        ) : (
          <Avatar name={talk.peer} {...(present === undefined ? {} : { present })} />
        )}
        <span class="talk-name" title={name}>
          <bdi>{name}</bdi>
        </span>
        {last === undefined ? null : (
          <time class="talk-time" dateTime={machineTime(last.at)}>
            {briefTime(last.at, now)}
          </time>
        )}
        <span class="talk-last">
          {last === undefined ? (
            <span class="talk-words">Nothing said yet</span>
          ) : (
            <>
              {talk.kind === 'room' || last.user === me ? (
                <span class="talk-author">
                  <bdi>{last.user === me ? 'You' : last.user}</bdi>:
                </span>
              ) : null}
              <span class="talk-words" dir="auto">
                {last.text}
              </span>
            </>
          )}
        </span>
        {unread === 0 ? null : (
          <span class="badge">
            {unread >= unreadMax ? `${unreadMax - 1}+` : unread}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
      </button>
    </li>
  );
});
