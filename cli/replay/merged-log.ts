import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import { comesBefore } from '../../core/record-order.ts';
import type { Span } from './log-span.ts';

/** Of all partitions together, so that any number of them takes the same memory. */
const recordsHeldMax = 8_192;
/** More does not make a round trip any cheaper, and what is held for long costs the collector. */
const pageRecordsMax = 256;

/**
 * The records of a log in the one order of its history, some at a time. Of each partition one page
 * is held and one is under way, so any log is read in the same memory.
 * @throws {StoreUnreachable}
 */
export async function* mergedLog(
  source: LogSource,
  spans: readonly Span[],
): AsyncGenerator<readonly StoredRecord[], void> {
  const wanted = spans.filter(({ from, through }) => from <= through);
  const pageSize = Math.min(Math.ceil(recordsHeldMax / wanted.length / 2), pageRecordsMax);
  const readers = wanted.map((span) => new SpanReader(source, span, pageSize));
  const [only] = readers;
  if (only !== undefined && readers.length === 1) yield* only.pages();
  else yield* merged(readers);
}

/** Records that follow one another, and what comes before and behind them. */
export interface Neighbours {
  readonly before: readonly StoredRecord[];
  readonly batch: readonly StoredRecord[];
  readonly behind: readonly StoredRecord[];
}

/** The same batches, each with its neighbours; the first and the last have an empty one. */
export async function* withNeighbours(
  batches: AsyncIterable<readonly StoredRecord[]>,
): AsyncGenerator<Neighbours, void> {
  let before: readonly StoredRecord[] = [];
  let batch: readonly StoredRecord[] = [];
  for await (const behind of batches) {
    if (batch.length > 0) yield { before, batch, behind };
    [before, batch] = [batch, behind];
  }
  if (batch.length > 0) yield { before, batch, behind: [] };
}

async function* merged(
  readers: readonly SpanReader[],
): AsyncGenerator<readonly StoredRecord[], void> {
  let open = [...readers];
  let batch: StoredRecord[] = [];
  for (;;) {
    for (const reader of open) if (reader.isEmpty) await reader.fill();
    open = open.filter(({ isEmpty }) => !isEmpty);
    if (open.length === 0) break;
    // Until one of them is used up nothing has to be waited for.
    while (open.every(({ isEmpty }) => !isEmpty)) batch.push(earliest(open).take());
    if (batch.length < pageRecordsMax) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function earliest([first, ...others]: readonly SpanReader[]): SpanReader {
  if (first === undefined) throw new Error('nothing is left to read');
  return others.reduce(
    (best, reader) => (comesBefore(reader.next, best.next) ? reader : best),
    first,
  );
}

/** Reads a span page by page; the page after the one that is held is asked for ahead. */
class SpanReader {
  readonly #source: LogSource;
  readonly #span: Span;
  readonly #pageSize: number;
  #page: readonly StoredRecord[] = [];
  #taken = 0;
  #asked: Promise<readonly StoredRecord[]>;

  constructor(source: LogSource, span: Span, pageSize: number) {
    this.#source = source;
    this.#span = span;
    this.#pageSize = pageSize;
    this.#asked = this.#ask(span.from);
  }

  get isEmpty(): boolean {
    return this.#taken === this.#page.length;
  }

  /** The record that `take` takes; it is not empty. */
  get next(): StoredRecord {
    const record = this.#page[this.#taken];
    if (record === undefined) throw new Error('a page is used up');
    return record;
  }

  take(): StoredRecord {
    const { next } = this;
    this.#taken += 1;
    return next;
  }

  /** Empty afterwards only at the end. */
  async fill(): Promise<void> {
    this.#page = await this.#asked;
    this.#taken = 0;
    const last = this.#page.at(-1);
    const nothing: readonly StoredRecord[] = [];
    this.#asked = last === undefined ? Promise.resolve(nothing) : this.#ask(last.position + 1);
  }

  async *pages(): AsyncGenerator<readonly StoredRecord[], void> {
    for (;;) {
      await this.fill();
      if (this.#page.length === 0) return;
      yield this.#page;
    }
  }

  #ask(from: number): Promise<readonly StoredRecord[]> {
    const { partition, through } = this.#span;
    const limit = Math.min(through - from + 1, this.#pageSize);
    if (limit <= 0) return Promise.resolve([]);
    const page = this.#source
      .readStored(partition, from, limit)
      // Of a log that was trimmed it begins further on than was asked for.
      .then((records) => records.filter(({ position }) => position <= through));
    // It may fail before anybody waits for it.
    page.catch(() => undefined);
    return page;
  }
}
