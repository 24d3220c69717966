import { readdir } from 'node:fs/promises';
import { LogArchive } from '../adapters/log-file/archive.ts';
import { joinedWith } from '../adapters/log-file/joined.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import type { LogSource, StoredLog } from '../core/log-source.ts';
import { PlainFailure } from './plain-failure.ts';

/**
 * A live log together with the folder that it was archived to, as one history.
 * @throws {StoreUnusable} when the two do not make one @throws {StoreUnreachable}
 * @throws {PlainFailure} when the folder cannot be read
 */
export async function withArchive(folder: string, live: StoredLog): Promise<StoredLog> {
  try {
    // One that is there no more, or is typed wrong, is not an empty one.
    await readdir(folder);
    return await joinedWith(new LogArchive(folder), live);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new PlainFailure(`The archive ${folder} cannot be read (${reasonOf(error)}).`);
  }
}

/** What a log lacks of its head, and the way out, in words; undefined when it is whole. */
export async function whatWasTrimmed(log: LogSource): Promise<string | undefined> {
  for (let partition = 0; partition < log.info.partitions; partition++) {
    const { first } = await log.head(partition);
    if (first > 1) return trimmed(partition, first);
  }
  return undefined;
}

const trimmed = (partition: number, first: number): string =>
  `The log of partition ${partition} begins at position ${first}: what was before was trimmed. Give the folder that it was written to with --archive.`;
