import { HistoryList } from '../checker/history.ts';
import { greeted } from '../support/line-client.ts';
import type { Recipient } from './direct-messages.ts';
import type { Witness } from './eras.ts';
import { passwordOf } from './sim-client.ts';
import type { SimServer } from './sim-server.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

/** What the project promises: so soon after a server's loss its users can log in. */
export const loginWithinMs = 10_000;
const tryEveryMs = 250;

/** Logs a user in everywhere, without taking a session over, says something, and logs out. */
export class EveryLogin implements Recipient, Witness {
  readonly name: string;
  readonly user: string;
  /** Where that was not to be had. Whoever cannot log in has a session that nobody holds. */
  readonly refusals: string[] = [];
  readonly wires: Wire[] = [];
  readonly #world: World;
  readonly #history: HistoryList;

  constructor(world: World, user: string) {
    this.#world = world;
    this.name = `${user} at last`;
    this.user = user;
    this.#history = new HistoryList(this.name);
  }

  get events(): HistoryList['events'] {
    return this.#history.events;
  }

  async at(servers: readonly SimServer[]): Promise<void> {
    for (const server of servers) {
      const answer = await this.#insist(server);
      const what = `${this.user} is not served by ${server.name}: ${answer}`;
      if (answer !== undefined) this.refusals.push(what);
    }
  }

  /** Tries for as long as it may take; the last answer if one was not as it should be. */
  async #insist(server: SimServer): Promise<string | undefined> {
    const endsAt = this.#world.now + loginWithinMs;
    for (;;) {
      const answer = await this.#try(server).catch((error: unknown) => String(error));
      if (answer === undefined || this.#world.now > endsAt) return answer;
      await this.#world.pause(tryEveryMs);
    }
  }

  async #try(server: SimServer): Promise<string | undefined> {
    const { user } = this;
    const line = await greeted({
      port: 0,
      withinMs: loginWithinMs,
      history: this.#history,
      open: (owner) => {
        const wire = server.connect('a judge', owner);
        this.wires.push(wire);
        return wire;
      },
    });
    try {
      const answer = await line.tryLogin(user, passwordOf(user));
      if (!answer.startsWith('SUCCESS: ')) return answer;
      await line.receipts();
      const outcome = await line.say(`${user} at last, ${this.wires.length}`);
      if (outcome.status !== 'ok') return outcome.text;
      const goodbye = await line.logout();
      return goodbye === `SUCCESS: Goodbye ${user}.` ? undefined : goodbye;
    } finally {
      line.vanish();
    }
  }
}
