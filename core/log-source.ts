import type { LogHead, LogInfo, Recorded } from './event-store.ts';

/** Where a record stands and when it came there: what the store adds to it. */
export type Placement = Pick<
  Recorded,
  'partition' | 'position' | 'stream' | 'revision' | 'at' | 'link'
>;

/** A record as it is kept: byte strings that are written once and never made again. */
export interface StoredRecord extends Placement {
  /** JSON in UTF-8; it names the SHA-256 of the body. */
  readonly meta: Uint8Array;
  /** The format byte and the text; absent for an event without text. */
  readonly body?: Uint8Array;
}

/**
 * A log that is only read: one that servers write to, or one in a file.
 *
 * 1. `readStored` gives records of a partition from position `from` on, oldest first, at most
 *    `limit`; a shorter answer than asked for ends at the log's present end. Of a log that lost its
 *    head they begin at its first record at the earliest.
 * 2. Their bytes are what was written. They are not looked into: whoever reads them judges them.
 * 3. Both reject with `StoreUnreachable` when the log cannot be reached.
 */
export interface LogSource {
  readonly info: LogInfo;
  head(partition: number): Promise<LogHead>;
  readStored(partition: number, from: number, limit: number): Promise<readonly StoredRecord[]>;
}

/** A log that is looked at where it lies, as it is: nothing in it is checked, mended or written. */
export interface StoredLog extends LogSource {
  close(): Promise<void>;
}
