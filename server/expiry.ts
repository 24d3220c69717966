import type { Logger } from 'pino';

import { monthAt, monthOfKey } from '../core/sealing.ts';
import type { Stores, TextKeys } from '../core/stores.ts';
import type { RetentionsView } from '../core/views/retentions.ts';

const dayMs = 86_400_000;
const lookMs = 3_600_000;
/** What kept the store from rewriting its files may be over by then. */
const rewriteAgainMs = 60_000;

/** Of stores whose texts are not sealed nothing expires. */
export const expiryOf = (
  stores: Stores,
  retentions: () => RetentionsView,
  log: Logger,
): Expiry | undefined => {
  const { textKeys: keys } = stores;
  return keys && new Expiry({ keys, rewrite: () => stores.rewrite() }, retentions, log);
};

/**
 * Destroys the keys of what rooms no longer keep. A room's text is sealed under a key of its month,
 * so a month goes when its last day is older than the room keeps: what was said lives for so many
 * days and, at most, a month more. The wrapped key would live on in the files of the store, so who
 * destroyed it has them rewritten.
 */
export class Expiry {
  readonly #keys: TextKeys;
  readonly #rewrite: Stores['rewrite'];
  readonly #retentions: () => RetentionsView;
  readonly #log: Logger;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isLookDue = false;
  /** Whether a key was destroyed that the store's files may still have. */
  #isRewriteDue = false;

  constructor(
    { keys, rewrite }: { readonly keys: TextKeys; readonly rewrite: Stores['rewrite'] },
    retentions: () => RetentionsView,
    log: Logger,
    now: () => number = Date.now,
  ) {
    this.#keys = keys;
    this.#rewrite = rewrite;
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
    if (this.#retentions().size === 0 && !this.#isRewriteDue) return;
    try {
      for await (const name of this.#keys.names()) await this.#expire(name);
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
    if (!(await this.#keys.destroy(name))) return;
    this.#isRewriteDue = true;
    this.#log.info({ key: name }, 'a room’s text has expired');
  }

  async #rewriteFiles(): Promise<void> {
    if (!this.#isRewriteDue) return;
    const left = await this.#rewrite();
    this.#isRewriteDue = left.length > 0;
    if (left.length === 0) return;
    this.#log.warn({ left }, 'the key of an expired text is still in the store’s files');
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.look(), rewriteAgainMs).unref();
  }
}
