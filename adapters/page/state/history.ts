import type { Gap, Message } from './entry.ts';
import { settled } from './sending.ts';
import type { Talk } from './talk.ts';
import { newestMessage, type Timeline, withEntries, withGap } from './timeline.ts';

/** What is asked for: the older, or what is missing in the gap at this place. */
export function historyAsked(talk: Talk, gap: number | undefined): Talk {
  return gap === undefined
    ? { ...talk, timeline: { ...talk.timeline, older: 'loading' } }
    : { ...talk, timeline: withGap(talk.timeline, gap, (one) => ({ ...one, loading: true })) };
}

export function historyFailed(talk: Talk, gap: number | undefined): Talk {
  return gap === undefined
    ? { ...talk, timeline: { ...talk.timeline, older: 'failed' } }
    : { ...talk, timeline: withGap(talk.timeline, gap, (one) => ({ ...one, loading: false })) };
}

/** What came of past messages. */
export interface PastPage {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** The first and the last number of those that are no longer kept. */
  readonly expired?: { readonly from: number; readonly to: number } | undefined;
  readonly more: boolean;
}

interface HistoryRead extends PastPage {
  readonly gap: number | undefined;
}

export function historyRead(talk: Talk, read: HistoryRead, me: string | undefined): Talk {
  const timeline =
    read.gap === undefined
      ? olderRead(talk.timeline, read)
      : gapRead(talk.timeline, read.gap, read);
  return settled({ ...talk, timeline, last: newestMessage(timeline) ?? talk.last }, me);
}

function olderRead(timeline: Timeline, { messages, expired, more }: PastPage): Timeline {
  const whole = withEntries(timeline, messages);
  return { ...(expired ? withExpired(whole, expired) : whole), older: more ? 'more' : 'none' };
}

/** Page by page, what is no longer kept grows into one gap. */
function withExpired(timeline: Timeline, { from, to }: { from: number; to: number }): Timeline {
  const before = timeline.entries.find(
    (one): one is Gap => one.kind === 'gap' && one.reason === 'retention' && one.from > to,
  );
  const rest = before === undefined ? timeline : withGap(timeline, before.place, () => undefined);
  const last = before?.to ?? to;
  const gap: Gap = {
    kind: 'gap',
    place: from,
    from,
    to: last,
    reason: 'retention',
    loading: false,
  };
  return withEntries(rest, [gap]);
}

/** The gap closes, or what is left of it moves behind what was read. */
function gapRead(
  timeline: Timeline,
  place: number,
  { messages, expired, more }: PastPage,
): Timeline {
  const gap = timeline.entries.find((one): one is Gap => one.kind === 'gap' && one.place === place);
  const to = gap?.to;
  if (gap === undefined || to === undefined) return timeline;
  const missing = messages.filter(({ place: at }) => at >= gap.from && at <= to);
  const newest = missing.at(-1)?.place ?? to;
  const closed = withGap(timeline, place, () => undefined);
  const rest: readonly Gap[] =
    more && missing.length === messages.length && newest < to
      ? [{ ...gap, place: newest + 1, from: newest + 1, loading: false }]
      : [];
  const filled = withEntries(closed, [...missing, ...rest]);
  return expired ? withExpired(filled, expired) : filled;
}
