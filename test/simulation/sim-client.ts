import { type HistoryEvent, HistoryList } from '../checker/history.ts';
import type { Random } from '../cluster/under-faults/random.ts';
import { greeted, type LineClient } from '../support/line-client.ts';
import type { LineSocketOwner } from '../support/line-socket.ts';
import type { DirectMessages } from './direct-messages.ts';
import type { SimServer } from './sim-server.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

const answerWithinMs = 12_000;
const burstMax = 4;

/** What the clients of one run have in common. */
export interface Scene {
  readonly world: World;
  readonly servers: readonly SimServer[];
  readonly users: readonly string[];
  readonly rooms: readonly string[];
  readonly directs: DirectMessages;
  /** How long a client rests between two doings, at most. */
  readonly restMs: number;
}

export const passwordOf = (user: string): string => `password-of-${user}`;

/**
 * A person with a program: comes and goes, talks, moves, follows, writes to others, and comes back
 * somewhere when cut off. Several may share one user, and take the session from each other.
 */
export class SimClient {
  readonly name: string;
  readonly user: string;
  /** Of each connection that the history counts. */
  readonly wires: Wire[] = [];
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #history: HistoryList;
  #line: LineClient | undefined;
  #server: SimServer | undefined;
  #texts = 0;
  #isResting = false;

  constructor(scene: Scene, name: string, user: string) {
    this.#scene = scene;
    this.name = name;
    this.#random = scene.world.random.branch();
    this.user = user;
    this.#history = new HistoryList(name);
  }

  /** What it did and saw, and what the world knows of its sessions. */
  get events(): readonly HistoryEvent[] {
    return this.#history.events.map((event) => {
      const session = this.wires[event.connection - 1]?.session;
      return event.kind === 'welcome' && session !== undefined ? { ...event, session } : event;
    });
  }

  /** Its latest connection, and where that leads. */
  get line(): LineClient | undefined {
    return this.#line;
  }

  get server(): SimServer | undefined {
    return this.#server;
  }

  /** Goes on until `rest`; then stays where it is. */
  async live(): Promise<void> {
    while (!this.#isResting) {
      try {
        const line = await this.#logIn();
        if (line !== undefined) await this.#talk(line);
      } catch (error) {
        this.#note(String(error));
        this.vanish();
      }
      await this.#rest(500);
    }
  }

  /** It does nothing more, but reads. */
  rest(): void {
    this.#isResting = true;
  }

  vanish(): void {
    this.#line?.vanish();
  }

  /** Ends its connection; on one of these servers everything must have arrived by now. */
  async leave(servers: readonly SimServer[]): Promise<void> {
    const complete = this.#server !== undefined && servers.includes(this.#server);
    await this.#line?.close({ complete });
  }

  async #logIn(): Promise<LineClient | undefined> {
    const server = this.#random.pick(this.#scene.servers);
    const line = await this.#connect(server);
    for (const takeover of [this.#random.chance(0.1), this.#random.chance(0.6)]) {
      const answer = await line.tryLogin(this.user, passwordOf(this.user), { takeover });
      if (answer === 'ERROR: Invalid credentials.') await this.#register(line);
      if (line.user === undefined) continue;
      await line.receipts();
      return line;
    }
    line.vanish();
    return undefined;
  }

  /** Somebody else may do the same at the moment. */
  async #register(line: LineClient): Promise<void> {
    const answer = await this.#ask(line, `REGISTER ${this.user} ${passwordOf(this.user)}`);
    if (answer.startsWith('SUCCESS: ')) await line.expect(/^SUCCESS: Welcome /);
  }

  async #connect(server: SimServer): Promise<LineClient> {
    const options = {
      port: this.#scene.servers.indexOf(server),
      history: this.#history,
      withinMs: answerWithinMs,
      onLine: ({ text }: { readonly text: string }) => this.#note(`< ${text}`),
    };
    this.#note(`connects to ${server.name}`);
    const open = (owner: LineSocketOwner): Wire => {
      const wire = server.connect(this.name, owner);
      this.wires.push(wire);
      return wire;
    };
    const line = await greeted({ ...options, open });
    [this.#line, this.#server] = [line, server];
    return line;
  }

  async #talk(line: LineClient): Promise<void> {
    while (line.isOpen && !this.#isResting) {
      await this.#rest(this.#scene.restMs);
      if (!line.isOpen || this.#isResting) return;
      if (!(await this.#doSomething(line))) return;
    }
  }

  /** False when it has left. */
  async #doSomething(line: LineClient): Promise<boolean> {
    const { users } = this.#scene;
    const somebody = this.#random.pick(users);
    const what = this.#random.fraction();
    if (what < 0.5) await this.#burst(line);
    else if (what < 0.65) await this.#move(line);
    else if (what < 0.7) await this.#ask(line, `/subscribe ${somebody}`);
    else if (what < 0.74) await this.#ask(line, `/unsubscribe ${somebody}`);
    else if (what < 0.82) await this.#write(line, somebody);
    else if (what < 0.88) await this.#ask(line, this.#random.pick(['/who', '/rooms', '/sessions']));
    else if (what < 0.9) await this.#ask(line, '/history 5');
    else if (what < 0.95) {
      await line.logout();
      return false;
    } else {
      if (this.#random.chance(0.5)) void this.#burst(line).catch(() => {});
      line.vanish();
      return false;
    }
    return true;
  }

  /** Several messages at once; sometimes does not wait for what becomes of them. */
  async #burst(line: LineClient): Promise<void> {
    const size = 1 + this.#random.below(burstMax);
    const outcomes = Array.from({ length: size }, () => {
      const text = `${this.name}.${++this.#texts}`;
      this.#note(`> ${text}`);
      return line.say(text);
    });
    if (this.#random.chance(0.7)) await Promise.all(outcomes);
  }

  /** Until the answer is a yes it does not know where it is. */
  async #move(line: LineClient): Promise<void> {
    for (;;) {
      const room = this.#random.pick(this.#scene.rooms);
      if ((await this.#ask(line, `/join ${room}`)) === `SUCCESS: Joined ${room}`) return;
      await this.#rest(500);
    }
  }

  async #write(line: LineClient, to: string): Promise<void> {
    const text = `to ${to} from ${this.name}.${++this.#texts}`;
    const told = this.#scene.directs.sent(text);
    told(await this.#ask(line, `/msg ${to} ${text}`));
  }

  async #ask(line: LineClient, command: string): Promise<string> {
    this.#note(`> ${command}`);
    return line.command(command);
  }

  async #rest(ms: number): Promise<void> {
    await this.#scene.world.pause(this.#random.below(ms));
  }

  #note(what: string): void {
    this.#scene.world.note(`${this.name} ${what}`);
  }
}
