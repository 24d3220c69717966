import type { Recorded } from '../../core/event-store.ts';
import type { SessionEnd } from '../../core/session.ts';

/** Records that one command caused and that lie next to one another. */
export class CommitGroups {
  #group: Recorded[] = [];

  /** The commit that is complete now that this record, of another one, has come. */
  next(recorded: Recorded): readonly Recorded[] {
    if (this.#group.at(-1)?.cause === recorded.cause) {
      this.#group.push(recorded);
      return [];
    }
    const complete = this.#group;
    this.#group = [recorded];
    return complete;
  }

  /** What has come of the last one. */
  rest(): readonly Recorded[] {
    const rest = this.#group;
    this.#group = [];
    return rest;
  }
}

/** Why sessions ended in a commit. */
export function endsIn(group: readonly Recorded[]): ReadonlyMap<string, SessionEnd> {
  const ends = new Map<string, SessionEnd>();
  for (const { event } of group)
    if (event.type === 'SessionClosed') ends.set(event.data.session, event.data.reason);
  return ends;
}

/** The rooms, as shown, that sessions went to in a commit. */
export function movesIn(group: readonly Recorded[]): ReadonlyMap<string, string> {
  const moves = new Map<string, string>();
  for (const { event } of group)
    if (event.type === 'RoomJoined') moves.set(event.data.session, event.data.name);
  return moves;
}
