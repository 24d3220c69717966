import type { Logger } from 'pino';

import { monthAt, monthOfKey } from '../core/sealing.ts';
import type { TextKeys } from '../core/stores.ts';
import type { RetentionsView } from '../core/views/retentions.ts';

const dayMs = 86_400_000;
const lookMs = 3_600_000;

/**
 * Destroys the keys of what rooms no longer keep. A room's text is sealed under a key of its month,
 * so a month goes when its last day is older than the room keeps: what was said lives for so many
 * days and, at most, a month more.
 */
export class Expiry {
  readonly #keys: TextKeys;
  readonly #retentions: () => RetentionsView;
  readonly #log: Logger;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    keys: TextKeys,
    retentions: () => RetentionsView,
    log: Logger,
    now: () => number = Date.now,
  ) {
    this.#keys = keys;
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
  }

  /** Goes through all keys once. What fails is done the next time. */
  async look(): Promise<void> {
    if (this.#retentions().size === 0) return;
    try {
      for await (const name of this.#keys.names()) await this.#expire(name);
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
    if (await this.#keys.destroy(name)) this.#log.info({ key: name }, 'a room’s text has expired');
  }
}
