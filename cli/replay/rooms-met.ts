import type { Recorded } from '../../core/event-store.ts';

/**
 * Which of the rooms that are wanted anybody has been in so far. A server's end takes people out of
 * rooms; of a room in which nobody has ever been it tells nothing.
 */
export class RoomsMet {
  readonly #unmet: Set<string>;
  #isAnyMet: boolean;

  /** @param isFromBeginning whether nothing comes before the records that are read */
  constructor(rooms: ReadonlySet<string>, isFromBeginning: boolean) {
    this.#unmet = new Set(isFromBeginning ? rooms : []);
    this.#isAnyMet = !isFromBeginning || rooms.size === 0;
  }

  /** The rooms in which nobody was, by all that was read. */
  get unmet(): readonly string[] {
    return [...this.#unmet];
  }

  /** Whether a record that is wanted has anything to do with them. To be asked in the order of the log. */
  concerns({ event, stream }: Recorded): boolean {
    if (stream.startsWith('room:') && this.#unmet.delete(stream.slice(5))) this.#isAnyMet = true;
    const isEnd = event.type === 'ServerStopped' || event.type === 'ServerLost';
    return this.#isAnyMet || !isEnd;
  }
}
