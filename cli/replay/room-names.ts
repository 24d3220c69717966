import { peekType } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import type { EventStore, Recorded } from '../../core/event-store.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { firstName } from '../../server/room-names.ts';
import { between, endOf } from './log-span.ts';
import type { LogStart } from './log-start.ts';
import { mergedLog } from './merged-log.ts';

interface Log {
  readonly source: LogSource;
  readonly start: LogStart;
  readonly live?: EventStore;
}

/**
 * How rooms are called: as whoever was first in them wrote it, whatever of the log is shown. A live
 * log tells it of each room; a file is read from its beginning, as far as that takes.
 */
export class RoomNames {
  readonly #log: Log;
  readonly #names: Map<string, string>;
  #reading: AsyncGenerator<readonly StoredRecord[], void> | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.#names = new Map(log.start.roomNames);
  }

  /** The name of a room that was learned of; the canonical one where nobody was ever in it. */
  of(room: string): string {
    return this.#names.get(room) ?? room;
  }

  /**
   * Learns how the rooms of these records are called.
   * @throws {StoreUnreachable} @throws {CorruptRecord}
   */
  async learn(records: readonly Recorded[]): Promise<void> {
    for (const { event, revision } of records) {
      if (event.type === 'RoomJoined' && revision === 1)
        this.#names.set(event.data.room, event.data.name);
      if ('room' in event.data) await this.learnOf([event.data.room]);
    }
  }

  /** Learns how the rooms of these canonical names are called. @throws as `learn` */
  async learnOf(rooms: readonly string[]): Promise<void> {
    for (const room of rooms) {
      if (this.#names.has(room)) continue;
      await this.#find(room);
      // Where nobody was it is not looked for again.
      if (!this.#names.has(room)) this.#names.set(room, room);
    }
  }

  async #find(room: string): Promise<void> {
    const { live } = this.#log;
    if (live === undefined) return this.#readTo(room);
    const name = await firstName(live, room);
    if (name !== undefined) this.#names.set(room, name);
  }

  async #readTo(room: string): Promise<void> {
    const { source, start } = this.#log;
    this.#reading ??= mergedLog(source, between(start.gone, await endOf(source)));
    while (!this.#names.has(room)) {
      const { value: records, done } = await this.#reading.next();
      if (done === true) return;
      for (const stored of records) this.#note(stored);
    }
  }

  #note(stored: StoredRecord): void {
    if (!stored.stream.startsWith('room:') || this.#names.has(stored.stream.slice(5))) return;
    if (peekType(stored) !== 'RoomJoined') return;
    const { event } = decodeRecord(stored);
    if (event.type === 'RoomJoined') this.#names.set(event.data.room, event.data.name);
  }
}
