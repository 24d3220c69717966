import type { Logger } from 'pino';

import type { Stores } from '../core/stores.ts';
import type { ServersView } from '../core/views/servers.ts';
import { endIncarnation } from './incarnation-end.ts';

/** A lease counts as missed only after this long without it… */
const missedMsMin = 2_000;
/** …and only for an observer whose own link to the store has been whole for so long. */
const linkWholeMsMin = 7_000;
const lookMs = 1_000;

/**
 * Watches the leases of the other servers and declares lost whose lease is missed. After a hiccup
 * of the store everybody's lease is gone, so an absence proves nothing before every server that
 * lives has had the time to take its lease again.
 */
export class LostServers {
  readonly #stores: Stores;
  readonly #self: string;
  readonly #servers: () => ServersView;
  readonly #log: Logger;
  /** Since when each incarnation's lease is missed, by `name:incarnation`. */
  readonly #missedSince = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(stores: Stores, self: string, servers: () => ServersView, log: Logger) {
    this.#stores = stores;
    this.#self = self;
    this.#servers = servers;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#lookOnce(), lookMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #lookOnce(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#look();
    } catch (error) {
      this.#missedSince.clear();
      this.#log.debug({ err: error }, 'the leases could not be looked at');
    }
    this.#looking = false;
  }

  async #look(): Promise<void> {
    const running = [...this.#servers()]
      .filter(([server]) => server !== this.#self)
      .map(([server, { incarnation }]) => [server, incarnation] as const);
    if (running.length === 0) return this.#missedSince.clear();
    const { held, linkWholeMs } = await this.#stores.leases.look(running.map(([name]) => name));
    const now = performance.now();
    const missed = running.filter(([server]) => !held.has(server));
    const keys = new Set(missed.map(([server, incarnation]) => `${server}:${incarnation}`));
    for (const key of this.#missedSince.keys()) if (!keys.has(key)) this.#missedSince.delete(key);
    for (const [server, incarnation] of missed) {
      const key = `${server}:${incarnation}`;
      const since = this.#missedSince.get(key) ?? now;
      this.#missedSince.set(key, since);
      if (linkWholeMs < linkWholeMsMin || now - since < missedMsMin) continue;
      await this.#declareLost(server, incarnation);
    }
  }

  async #declareLost(server: string, incarnation: number): Promise<void> {
    this.#log.debug({ server, incarnation }, 'declaring a server lost');
    const ending = { type: 'DeclareLost', server, incarnation, unlessLeased: true } as const;
    const ended = await endIncarnation(this.#stores.events, ending);
    if (ended)
      this.#log.warn({ server, incarnation }, 'a server was lost; its sessions have ended');
  }
}
