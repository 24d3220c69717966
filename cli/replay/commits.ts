import { bytesOf, peekType } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import type { SessionEnd } from '../../core/session.ts';

/** So many more are read at once where a commit goes on beyond the records that are at hand. */
const pageRecords = 32;

/** What is known of the commit that a record is of. */
export interface CommitContext {
  /** Why sessions ended in it. */
  readonly ends: ReadonlyMap<string, SessionEnd>;
  /** The rooms, as shown, that sessions went to in it. */
  readonly moves: ReadonlyMap<string, string>;
}

/** Of a record that is told by itself. */
export const noCommit: CommitContext = { ends: new Map(), moves: new Map() };

/**
 * What the commits of a log say, found in the log itself: so a record is told in the same words
 * whatever of the log was asked for.
 */
export class Commits {
  readonly #source: LogSource;
  /** Of which commit was asked last. */
  #key = '';
  #context = noCommit;

  constructor(source: LogSource) {
    this.#source = source;
  }

  /**
   * The commit of a record that stands at `place` among records that follow one another.
   * @throws {StoreUnreachable} @throws {CorruptRecord}
   */
  async around(
    { cause, partition }: Recorded,
    records: readonly StoredRecord[],
    place: number,
  ): Promise<CommitContext> {
    const key = `${partition} ${cause}`;
    if (key === this.#key) return this.#context;
    const isOfIt = (one: StoredRecord | undefined): one is StoredRecord =>
      one?.partition === partition && isCausedBy(one, cause);
    let [first, last] = [place, place];
    while (isOfIt(records[first - 1])) first -= 1;
    while (isOfIt(records[last + 1])) last += 1;
    const others = records.slice(first, last + 1);
    if (first === 0) others.push(...(await this.#beyond(records[first], 'back', isOfIt)));
    if (last === records.length - 1)
      others.push(...(await this.#beyond(records[last], 'on', isOfIt)));
    this.#key = key;
    this.#context = contextOf(others);
    return this.#context;
  }

  /** What the commit has before or behind the records that are at hand. */
  async #beyond(
    from: StoredRecord | undefined,
    way: 'back' | 'on',
    isOfIt: (stored: StoredRecord) => boolean,
  ): Promise<readonly StoredRecord[]> {
    const others: StoredRecord[] = [];
    for (let last = from; last !== undefined;) {
      const { partition, position }: StoredRecord = last;
      const first = way === 'on' ? position + 1 : Math.max(position - pageRecords, 1);
      const page = await this.#source.readStored(partition, first, pageRecords);
      const next =
        way === 'on' ? page : page.filter((stored) => stored.position < position).toReversed();
      const end = next.findIndex((stored) => !isOfIt(stored));
      others.push(...(end < 0 ? next : next.slice(0, end)));
      last = end < 0 ? next.at(-1) : undefined;
    }
    return others;
  }
}

function contextOf(records: readonly StoredRecord[]): CommitContext {
  const ends = new Map<string, SessionEnd>();
  const moves = new Map<string, string>();
  for (const stored of records) {
    const type = peekType(stored);
    if (type !== undefined && type !== 'SessionClosed' && type !== 'RoomJoined') continue;
    const { event } = decodeRecord(stored);
    if (event.type === 'SessionClosed') ends.set(event.data.session, event.data.reason);
    if (event.type === 'RoomJoined') moves.set(event.data.session, event.data.name);
  }
  return { ends, moves };
}

/** A cause is a random id: nothing else in a record's metadata is like it. */
const isCausedBy = ({ meta }: StoredRecord, cause: string): boolean =>
  bytesOf(meta).includes(`"cause":"${cause}"`);
