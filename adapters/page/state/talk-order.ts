import type { PageState } from './page-state.ts';
import { nameOf, type Talk } from './talk.ts';

/** Rooms, or conversations: where something was said last stands first. */
export function orderedTalks<K extends Talk['kind']>(
  { talks }: PageState,
  kind: K,
): readonly Extract<Talk, { kind: K }>[] {
  return [...talks.values()]
    .filter((talk): talk is Extract<Talk, { kind: K }> => talk.kind === kind)
    .toSorted((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0) || byName(a, b));
}

/** The talk above or below, over both lists, around the end. */
export function neighbour(state: PageState, step: 1 | -1): Talk | undefined {
  const all: readonly Talk[] = [...orderedTalks(state, 'room'), ...orderedTalks(state, 'direct')];
  const { open } = state;
  const here = open.kind === 'talk' ? all.indexOf(state.talks.get(open.key) as Talk) : -1;
  if (here < 0) return step === 1 ? all[0] : all.at(-1);
  return all.at((here + step) % all.length);
}

function byName(a: Talk, b: Talk): number {
  return nameOf(a).localeCompare(nameOf(b));
}
