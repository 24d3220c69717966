import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { loadOlder } from '../session/loading.ts';
import { type Chunk, chunksOf } from '../state/chunks.ts';
import type { Place } from '../state/page-state.ts';
import { rowsOf } from '../state/rows.ts';
import { keyOf, type Talk } from '../state/talk.ts';
import { useChat } from './chat-context.ts';
import { ChunkView } from './chunk-view.tsx';
import { Beginning } from './beginning.tsx';
import { DayAbove } from './day-above.tsx';
import { JumpButtons } from './jump-buttons.tsx';
import { moveAmongRows } from './row-keys.ts';
import { dayOf } from './times.ts';
import { useDayInSight } from './use-day-in-sight.ts';
import { useReadingPlace } from './use-reading-place.ts';
import { useRowFocus } from './use-row-focus.ts';
import { useShownEntries } from './use-shown-entries.ts';

type Target = Extract<Place, { kind: 'talk' }>['at'];

interface TimelineViewProps {
  readonly talk: Talk;
  readonly me: string;
  readonly following: ReadonlySet<string>;
  /** The message that was searched for. */
  readonly target: Target;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onLeave: () => void;
  /** Is given what brings the end in sight. */
  readonly toEnd: RefObject<(() => void) | undefined>;
}

/**
 * What was said. Whoever is at the end stays there; whoever reads back keeps their place, whatever
 * comes before or after it.
 */
export function TimelineView(props: TimelineViewProps) {
  const { talk, me, following, target, scroller, onLeave } = props;
  const chat = useChat();
  const key = keyOf(talk);
  const content = useRef<HTMLDivElement>(null);
  const shown = useShownEntries(talk.timeline, target);
  const rows = useMemo(
    () =>
      rowsOf(
        { entries: shown.entries, older: shown.isFirst ? talk.timeline.older : 'more' },
        shown.isLast ? talk.outgoing : [],
        { me, newAfter: talk.newAfter, dayOf },
      ),
    [talk.timeline, shown.entries, talk.outgoing, talk.newAfter, me],
  );
  const drawn = useRef<readonly Chunk[]>([]);
  const chunks = useMemo(() => (drawn.current = chunksOf(rows, drawn.current)), [rows]);
  const isLoaded = talk.timeline.older !== 'unasked' && (rows.length > 0 || !isLoading(talk));
  const reading = useReadingPlace({
    scroller,
    content,
    isLoaded,
    isLast: shown.isLast,
    target,
    nearTop: () => {
      if (shown.showOlder()) return;
      if (talk.timeline.older === 'more') void loadOlder(chat, key);
    },
    nearEnd: shown.showNewer,
    showEnd: shown.showEnd,
  });
  props.toEnd.current = reading.toEnd;
  const keepFocus = useRowFocus(scroller);
  const { isAtEnd } = reading;
  const day = useDayInSight(scroller, rows);
  useEffect(day.look);
  useWatching(isAtEnd && isLoaded);
  useEffect(() => shown.trim(isAtEnd), [isAtEnd, talk.timeline.entries]);
  return (
    <div class="timeline">
      <div
        ref={scroller}
        class="scroller"
        role="region"
        aria-label="Messages"
        tabIndex={0}
        onScroll={() => {
          reading.scrolled();
          day.look();
        }}
        onKeyDown={(event) => moveAmongRows(event, onLeave)}
        onFocusIn={({ target: focused }) => keepFocus(focused as Element)}
      >
        <Beginning talk={talk} isWhole={shown.isFirst} />
        <div ref={content} role="list" class={`rows ${isLoaded ? '' : 'loading'}`}>
          {chunks.map(({ key: name, rows: some }) => (
            <ChunkView key={name} rows={some} talkKey={key} me={me} following={following} />
          ))}
        </div>
      </div>
      <DayAbove at={day.at} />
      <JumpButtons
        reading={reading}
        unread={talk.unread}
        hasNew={talk.newAfter !== undefined}
        hasFailed={talk.outgoing.some(({ status }) => status.kind === 'failed')}
      />
    </div>
  );
}

function isLoading({ timeline }: Talk): boolean {
  return timeline.older === 'loading';
}

/** Tells whether a person sees the end: only then is something read. */
function useWatching(isInSight: boolean): void {
  const chat = useChat();
  useEffect(() => {
    const tell = (): void =>
      chat.dispatch({ type: 'watched', watching: isInSight && !document.hidden });
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  });
}
