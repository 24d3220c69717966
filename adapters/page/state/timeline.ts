import type { Entry, Gap, Message } from './entry.ts';

/** What is loaded of a room or a conversation. */
export interface Timeline {
  /** By rising place, each place once. */
  readonly entries: readonly Entry[];
  /** What is known of what came before them; `unasked` until it is shown for the first time. */
  readonly older: 'unasked' | 'more' | 'loading' | 'failed' | 'none';
}

export const emptyTimeline: Timeline = { entries: [], older: 'unasked' };

/** More than anybody reads back to; the oldest of a room that is left open for days make way. */
export const entriesMax = 20_000;

/** Puts entries where they belong. Of two at one place the one that is there stays. */
export function withEntries(timeline: Timeline, fresh: readonly Entry[]): Timeline {
  if (fresh.length === 0) return timeline;
  const entries = merged(timeline.entries, fresh);
  const excess = entries.length - entriesMax;
  if (excess <= 0) return { ...timeline, entries };
  return { entries: entries.slice(excess), older: 'more' };
}

/** Without what lies at `from` and after it. */
export function cutFrom(timeline: Timeline, from: number): Timeline {
  return { ...timeline, entries: timeline.entries.filter(({ place }) => place < from) };
}

/** With one gap as `change` leaves it; without it if that is nothing. */
export function withGap(
  timeline: Timeline,
  place: number,
  change: (gap: Gap) => Gap | undefined,
): Timeline {
  const entries = timeline.entries.flatMap((entry) => {
    if (entry.kind !== 'gap' || entry.place !== place) return [entry];
    return change(entry) ?? [];
  });
  return { ...timeline, entries };
}

export function messageAt({ entries }: Timeline, place: number): Message | undefined {
  const entry = entries[firstNotBefore(entries, place)];
  return entry?.kind === 'message' && entry.place === place ? entry : undefined;
}

/** The first number that is loaded, or known not to be kept: what is older is read before it. */
export function oldestPlace({ entries }: Timeline): number | undefined {
  return entries.find(
    (entry) => entry.kind === 'message' || (entry.kind === 'gap' && entry.reason === 'retention'),
  )?.place;
}

export function newestMessage({ entries }: Timeline): Message | undefined {
  return entries.findLast((entry) => entry.kind === 'message');
}

/** Messages of others after a place. */
export function countAfter({ entries }: Timeline, place: number, me: string): number {
  let count = 0;
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry === undefined || entry.place <= place) break;
    if (entry.kind === 'message' && entry.user !== me) count++;
  }
  return count;
}

function merged(present: readonly Entry[], fresh: readonly Entry[]): readonly Entry[] {
  const sorted = fresh.toSorted((a, b) => a.place - b.place);
  const first = sorted[0];
  const last = present.at(-1);
  if (first === undefined) return present;
  // What usually happens: one more at the end.
  if (last === undefined || last.place < first.place) return present.concat(withoutTwins(sorted));
  const result = present.slice(0, firstNotBefore(present, first.place));
  let index = result.length;
  for (const entry of sorted) {
    for (let there = present[index]; there && there.place <= entry.place; there = present[++index])
      result.push(there);
    if (result.at(-1)?.place !== entry.place) result.push(entry);
  }
  return result.concat(present.slice(index));
}

function withoutTwins(sorted: readonly Entry[]): readonly Entry[] {
  return sorted.filter(({ place }, index) => place !== sorted[index - 1]?.place);
}

/** The index of the first entry at `place` or after it. */
export function firstNotBefore(entries: readonly Entry[], place: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.place ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
