import type { Recorded, StreamQuery } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { decodeRecord } from '../record-codec.ts';

/** The positions of a stream's records, by revision; so many revisions before them were trimmed. */
interface StreamIndex {
  trimmed: number;
  readonly positions: number[];
}

/** A partition's records, and its index by stream. Those before `first` were trimmed. */
export class MemoryRecords {
  readonly #records: Recorded[] = [];
  readonly #stored: StoredRecord[] = [];
  readonly #streams = new Map<string, StreamIndex>();
  #first = 1;

  /** The position of the first record. */
  get first(): number {
    return this.#first;
  }

  /** The position of the last record. */
  get head(): number {
    return this.#first - 1 + this.#records.length;
  }

  get last(): Recorded | undefined {
    return this.#records.at(-1);
  }

  /** The next record. Through its bytes, so that a reader gets what any other store would give. */
  push(stored: StoredRecord): void {
    this.#stored.push(stored);
    this.#records.push(decodeRecord(stored));
    this.#indexOf(stored.stream).positions.push(stored.position);
    if (stored.link) this.#indexOf(stored.link.stream).positions.push(stored.position);
  }

  /** Takes the records away from a position on. */
  cut(from: number): void {
    this.#stored.splice(this.#placeOf(from));
    for (const { stream, link } of this.#records.splice(this.#placeOf(from))) {
      this.#indexOf(stream).positions.pop();
      if (link !== undefined) this.#indexOf(link.stream).positions.pop();
    }
  }

  /** Takes the records away that stand before a position, and gives them. */
  trim(before: number): readonly Recorded[] {
    const howMany = this.#placeOf(Math.min(before, this.head));
    this.#stored.splice(0, howMany);
    const trimmed = this.#records.splice(0, howMany);
    this.#first += howMany;
    for (const { stream, link } of trimmed)
      for (const index of [stream, ...(link ? [link.stream] : [])].map((one) =>
        this.#indexOf(one),
      )) {
        index.positions.shift();
        index.trimmed += 1;
      }
    return trimmed;
  }

  /** Records from position `from` on, at most `limit`, oldest first. */
  read(from: number, limit: number): readonly Recorded[] {
    const start = this.#placeOf(from);
    return this.#records.slice(start, start + limit);
  }

  /** The same as they are kept. */
  readStored(from: number, limit: number): readonly StoredRecord[] {
    const start = this.#placeOf(from);
    return this.#stored.slice(start, start + limit);
  }

  readStream({ stream, from, direction, limit }: StreamQuery): readonly Recorded[] {
    const { trimmed, positions } = this.#streams.get(stream) ?? { trimmed: 0, positions: [] };
    if (direction === 'backwards') {
      const end = Math.max(Math.min((from ?? Infinity) - trimmed, positions.length), 0);
      return this.#recordsAt(positions.slice(Math.max(end - limit, 0), end).toReversed());
    }
    const start = Math.max((from ?? 1) - 1 - trimmed, 0);
    return this.#recordsAt(positions.slice(start, start + limit));
  }

  revision(stream: string): number {
    const { trimmed, positions } = this.#streams.get(stream) ?? { trimmed: 0, positions: [] };
    return trimmed + positions.length;
  }

  /** All that there are. */
  [Symbol.iterator](): Iterator<Recorded> {
    return this.#records[Symbol.iterator]();
  }

  #placeOf(position: number): number {
    return Math.max(position - this.#first, 0);
  }

  #indexOf(stream: string): StreamIndex {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const index = { trimmed: 0, positions: [] };
    this.#streams.set(stream, index);
    return index;
  }

  #recordsAt(positions: readonly number[]): readonly Recorded[] {
    return positions.flatMap((position) => this.#records[this.#placeOf(position)] ?? []);
  }
}
