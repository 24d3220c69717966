import type { LogHead, LogInfo } from '../../core/event-store.ts';
import type { StoredLog, StoredRecord } from '../../core/log-source.ts';

/**
 * An archive and the log that its records were trimmed from, read as one history: what is in the
 * archive comes from there, so that it makes no difference what is trimmed meanwhile.
 */
export class JoinedLog implements StoredLog {
  readonly info: LogInfo;
  readonly #archive: StoredLog;
  readonly #live: StoredLog;

  constructor(archive: StoredLog, live: StoredLog) {
    this.info = live.info;
    this.#archive = archive;
    this.#live = live;
  }

  async head(partition: number): Promise<LogHead> {
    const [archived, live] = await Promise.all([
      this.#archive.head(partition),
      this.#live.head(partition),
    ]);
    return archived.position === 0 ? live : { ...live, first: archived.first };
  }

  async readStored(
    partition: number,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const archived = await this.#archive.readStored(partition, from, limit);
    if (archived.length >= limit) return archived;
    const next = Math.max(from, (await this.#archive.head(partition)).position + 1);
    const live = await this.#live.readStored(partition, next, limit - archived.length);
    return [...archived, ...live];
  }

  async close(): Promise<void> {
    await Promise.all([this.#archive.close(), this.#live.close()]);
  }
}
