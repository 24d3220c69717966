import type { Recorded } from '../../core/event-store.ts';
import { usersNamedIn, type WantedRecords } from './record-filter.ts';

/**
 * Which of the rooms that are wanted anybody has been in so far, or which of the users there is
 * anything of. A server's end takes people out of rooms; of those who have never been anywhere it
 * tells nothing.
 */
export class NamesMet {
  readonly #rooms: Set<string>;
  readonly #users: Set<string>;
  #isAnyMet: boolean;

  /** @param isFromBeginning whether nothing comes before the records that are read */
  constructor({ rooms, users, types }: WantedRecords, isFromBeginning: boolean) {
    // Among some types of events, or in some rooms, not everything of them is met.
    const isTold = isFromBeginning && types.size === 0;
    this.#rooms = new Set(isTold ? rooms : []);
    this.#users = new Set(isTold && rooms.size === 0 ? users : []);
    this.#isAnyMet = this.#rooms.size + this.#users.size === 0;
  }

  /** In words, who or what was not there, by all that was read. */
  get unmet(): readonly string[] {
    return [
      ...[...this.#rooms].map((room) => `Nobody was ever in ${room}`),
      ...[...this.#users].map((user) => `Nobody was ever called ${user}`),
    ];
  }

  /** Whether a record that is wanted has anything to do with them. To be asked in the order of the log. */
  concerns(recorded: Recorded): boolean {
    const { event, stream } = recorded;
    if (stream.startsWith('room:') && this.#rooms.delete(stream.slice(5))) this.#isAnyMet = true;
    if (this.#users.size > 0)
      for (const user of usersNamedIn(recorded))
        if (this.#users.delete(user)) this.#isAnyMet = true;
    const isEnd = event.type === 'ServerStopped' || event.type === 'ServerLost';
    return this.#isAnyMet || !isEnd;
  }
}
