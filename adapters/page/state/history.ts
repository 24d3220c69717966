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

interface HistoryRead {
  readonly gap: number | undefined;
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly more: boolean;
}

export function historyRead(talk: Talk, read: HistoryRead, me: string | undefined): Talk {
  const timeline =
    read.gap === undefined
      ? olderRead(talk.timeline, read)
      : gapRead(talk.timeline, read.gap, read);
  return settled({ ...talk, timeline, last: newestMessage(timeline) ?? talk.last }, me);
}

function olderRead(timeline: Timeline, { messages, more }: HistoryRead): Timeline {
  return { ...withEntries(timeline, messages), older: more ? 'more' : 'none' };
}

/** The gap closes, or what is left of it moves behind what was read. */
function gapRead(timeline: Timeline, place: number, { messages, more }: HistoryRead): Timeline {
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
  return withEntries(closed, [...missing, ...rest]);
}
