import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';

import { followedRows } from '../state/followed-rows.ts';
import type { PageState } from '../state/page-state.ts';
import { roomKey } from '../state/talk.ts';
import { useChat } from './chat-context.ts';
import { DayAbove } from './day-above.tsx';
import { DayMark } from './day-mark.tsx';
import { FollowedRow } from './followed-row.tsx';
import { Icon } from './icon.tsx';
import { moveAmongRows } from './row-keys.ts';
import { dayOf } from './times.ts';
import { useDayInSight } from './use-day-in-sight.ts';

const endPx = 48;

interface FollowedMessagesProps {
  readonly state: PageState;
  /** From the messages, by the arrow key. */
  readonly onLeave: () => void;
}

/** The messages, the newest at the end, each with its room. */
export function FollowedMessages({ state, onLeave }: FollowedMessagesProps) {
  const chat = useChat();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { followed, following } = state;
  const rows = useMemo(() => followedRows(followed, dayOf), [followed]);
  const day = useDayInSight(scroller, rows);
  const look = (): void => {
    const element = scroller.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < endPx;
    chat.dispatch({ type: 'watched', watching: atEnd.current && !document.hidden });
    day.look();
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (atEnd.current && element !== null) element.scrollTop = element.scrollHeight;
  }, [followed]);
  useEffect(() => {
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [followed]);
  return (
    <div class="timeline">
      <div
        ref={scroller}
        class="scroller"
        role="region"
        aria-label="Messages"
        tabIndex={0}
        onScroll={look}
        onKeyDown={(event) => moveAmongRows(event, onLeave)}
      >
        {rows.length === 0 ? (
          <NothingYet isAlone={following.size === 0} />
        ) : (
          <div role="list" class="rows">
            {rows.map((row) =>
              row.kind === 'day' ? (
                <DayMark key={row.key} at={row.at} />
              ) : (
                <FollowedRow
                  key={row.key}
                  name={row.key}
                  message={row.message}
                  leads={row.leads}
                  isMember={state.talks.has(roomKey(row.message.room))}
                />
              ),
            )}
          </div>
        )}
      </div>
      <DayAbove at={day.at} />
    </div>
  );
}

function NothingYet({ isAlone }: { readonly isAlone: boolean }) {
  return (
    <div class="first alone">
      <span class="room-mark large">
        <Icon name="eye" />
      </span>
      <h2>{isAlone ? 'You follow nobody yet' : 'Nothing yet'}</h2>
      <p class="quiet">
        {isAlone
          ? 'Click on a name and choose Follow. What they say in rooms you are not in is shown here while you are logged in.'
          : 'What the people you follow say in rooms you are not in is shown here, from now on.'}
      </p>
    </div>
  );
}
