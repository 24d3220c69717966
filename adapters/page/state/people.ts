import type { RoomTalk } from './talk.ts';

export interface People {
  /** Who is in the room, by name; oneself first. */
  readonly here: readonly string[];
  /** Who spoke or was there, as far as is loaded, and is not there now; the last first. */
  readonly away: readonly string[];
}

/** More would be a list of everybody who ever passed. */
const awayMax = 30;

export function peopleOf({ members, timeline }: RoomTalk, me: string): People {
  const others = [...members].filter((member) => member !== me).toSorted();
  const here = members.has(me) ? [me, ...others] : others;
  const away = new Set<string>();
  const { entries } = timeline;
  for (let index = entries.length - 1; index >= 0 && away.size < awayMax; index--) {
    const entry = entries[index];
    if (entry === undefined || entry.kind === 'gap') continue;
    for (const user of entry.kind === 'departed' ? entry.users : [entry.user])
      if (!members.has(user) && user !== me) away.add(user);
  }
  return { here, away: [...away].slice(0, awayMax) };
}
