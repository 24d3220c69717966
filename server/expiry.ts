import type { Logger } from 'pino';

import { monthAt, monthOfKey } from '../core/sealing.ts';
import type { Stores, TextKeys } from '../core/stores.ts';
import type { RetentionsView } from '../core/views/retentions.ts';
import { oneAtATime } from './one-at-a-time.ts';

const dayMs = 86_400_000;
const lookMs = 3_600_000;
/** What kept the store from rewriting its files may be over by then. */
const rewriteAgainMs = 60_000;
/** No server bears this name: it has a space. */
const leaseName = 'text expiry';

/** What `Expiry` needs of the stores. */
export interface ExpiringStores extends Pick<Stores, 'leases' | 'rewrite'> {
  readonly keys: TextKeys;
}

/** Of stores whose texts are not sealed nothing expires. */
export const expiryOf = (
  stores: Stores,
  retentions: () => RetentionsView,
  log: Logger,
): Expiry | undefined => {
  const { textKeys: keys, leases } = stores;
  return keys && new Expiry({ keys, leases, rewrite: () => stores.rewrite() }, retentions, log);
};

/**
 * Destroys the keys of what rooms no longer keep. A room's text is sealed under a key of its month,
 * so a month goes when its last day is older than the room keeps: what was said lives for so many
 * days and, at most, a month more. The wrapped key would live on in the files of the store, so they
 * are rewritten: by whoever destroyed it, and should that one be killed, by the next that looks.
 */
export class Expiry {
  readonly #stores: ExpiringStores;
  readonly #retentions: () => RetentionsView;
  readonly #log: Logger;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isLookDue = false;

  constructor(
    stores: ExpiringStores,
    retentions: () => RetentionsView,
    log: Logger,
    now: () => number = Date.now,
  ) {
    this.#stores = stores;
    this.#retentions = retentions;
    this.#log = log;
    this.#now = now;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
    void this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#again);
  }

  /** A retention was set: looks when it is folded, which is before this process does anything else. */
  lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    queueMicrotask(() => {
      this.#isLookDue = false;
      void this.look();
    });
  }

  /** Goes through all keys once. What fails is done the next time. */
  async look(): Promise<void> {
    try {
      if (this.#retentions().size > 0)
        for await (const name of this.#stores.keys.names()) await this.#expire(name);
      await this.#rewriteFiles();
    } catch (error) {
      this.#log.debug({ err: error }, 'the keys of expired texts were not destroyed');
    }
  }

  async #expire(name: string): Promise<void> {
    const room = /^room:(.*):\d{4,}-\d\d$/.exec(name)?.[1];
    const days = room === undefined ? undefined : this.#retentions().get(room);
    if (room === undefined || days === undefined) return;
    const month = monthOfKey(name, `room:${room}`);
    if (month === undefined || month >= monthAt(this.#now() - days * dayMs)) return;
    if (!(await this.#stores.keys.destroy(name))) return;
    this.#log.info({ key: name }, 'a room’s text has expired');
  }

  /** The whole store is rewritten, so of servers that look at once only one has it done. */
  async #rewriteFiles(): Promise<void> {
    const { keys, leases, rewrite } = this.#stores;
    if ((await keys.unwritten()).length === 0) return;
    let left: readonly string[] = [];
    const isOurs = await oneAtATime(
      leases,
      leaseName,
      async () => {
        const names = await keys.unwritten();
        if (names.length > 0) left = await rewrite();
        if (left.length === 0) await keys.written(names);
      },
      this.#log,
    );
    if (left.length > 0)
      this.#log.warn({ left }, 'the key of an expired text is still in the store’s files');
    if (isOurs && left.length === 0) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.look(), rewriteAgainMs).unref();
  }
}
