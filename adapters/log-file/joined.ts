import { type LogHead, type LogInfo, StoreUnusable } from '../../core/event-store.ts';
import type { LogSource, StoredLog, StoredRecord } from '../../core/log-source.ts';
import type { LogArchive } from './archive.ts';
import { checkFit } from './archive-fit.ts';

/**
 * An archive and the log that its records were trimmed from, read as one history: what is in the
 * archive comes from there, so that it makes no difference what of it is trimmed meanwhile. Both are
 * closed with it.
 *
 * @throws {StoreUnusable} when the two do not belong together, or something is in neither: a sentence
 * @throws {StoreUnreachable} @throws the system's error when the archive cannot be read
 */
export async function joinedWith(archive: LogArchive, live: StoredLog): Promise<StoredLog> {
  const archived = await archive.open();
  try {
    for (let partition = 0; partition < live.info.partitions; partition++)
      await checkJoint(partition, archived, live);
  } catch (error) {
    await archived?.close();
    throw error;
  }
  return new JoinedLog(archived, live, await firstsOf(live));
}

/**
 * A log without an archive, as far back as it goes by now: of what is trimmed of it meanwhile whoever
 * reads it is told by a `StoreUnusable`, rather than to find a hole.
 * @throws {StoreUnreachable}
 */
export const steadyLog = async (live: StoredLog): Promise<StoredLog> =>
  new JoinedLog(undefined, live, await firstsOf(live));

const firstsOf = (log: LogSource): Promise<readonly number[]> =>
  Promise.all(
    Array.from({ length: log.info.partitions }, async (_, partition) => {
      return (await log.head(partition)).first;
    }),
  );

async function checkJoint(
  partition: number,
  archived: LogSource | undefined,
  live: LogSource,
): Promise<void> {
  if (archived !== undefined) await checkFit(archived, live, partition);
  const there = await archived?.head(partition);
  const here = await live.head(partition);
  const first = there && there.position > 0 ? there.first : here.first;
  const last = there ? there.position : 0;
  if (first > 1)
    throw new StoreUnusable(
      `What was before position ${first} of partition ${partition} is neither in the archive nor in the log.`,
    );
  if (here.first > last + 1)
    throw new StoreUnusable(
      `What is from position ${last + 1} to ${here.first - 1} of partition ${partition} is neither in the archive nor in the log.`,
    );
}

class JoinedLog implements StoredLog {
  readonly info: LogInfo;
  readonly #archive: StoredLog | undefined;
  readonly #live: StoredLog;
  /** By partition, where the live log began when it was opened. */
  readonly #firsts: readonly number[];

  constructor(archive: StoredLog | undefined, live: StoredLog, firsts: readonly number[]) {
    this.info = live.info;
    this.#archive = archive;
    this.#live = live;
    this.#firsts = firsts;
  }

  async head(partition: number): Promise<LogHead> {
    const first = this.#archive === undefined ? (this.#firsts[partition] ?? 1) : 1;
    return { ...(await this.#live.head(partition)), first };
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const archived = (await this.#archive?.readStored(partition, from, limit)) ?? [];
    if (archived.length >= limit) return archived;
    const through = (await this.#archive?.head(partition))?.position ?? 0;
    const next = Math.max(from, through + 1);
    const live = await this.#live.readStored(partition, next, limit - archived.length);
    if (live[0]?.position !== next) await this.#checkFirst(partition, next);
    return archived.length === 0 ? live : [...archived, ...live];
  }

  async #checkFirst(partition: number, next: number): Promise<void> {
    const { first } = await this.#live.head(partition);
    if (first > next && first > (this.#firsts[partition] ?? 1))
      throw new StoreUnusable('The log was trimmed while it was read: begin again.');
  }

  async close(): Promise<void> {
    await Promise.all([this.#archive?.close(), this.#live.close()]);
  }
}
