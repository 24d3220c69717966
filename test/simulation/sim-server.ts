import pino, { type Logger } from 'pino';
import { ChatServer } from '../../server/chat-server.ts';
import type { LineSocketOwner } from '../support/line-socket.ts';
import { QuickHasher } from '../support/quick-hasher.ts';
import { linkedStores } from './linked-stores.ts';
import type { Process } from './process.ts';
import type { SharedStore } from './shared-store.ts';
import { StoreLink } from './store-link.ts';
import { Wire } from './wire.ts';
import type { World } from './world.ts';

const bootPauseMs = 1_000;
const errorLevel = 50;

/** From a start to its end. */
interface Life {
  readonly process: Process;
  readonly link: StoreLink;
  readonly chat: ChatServer;
  readonly wires: Set<Wire>;
  isServing: boolean;
}

/** A server of one name, through all its lives. */
export class SimServer {
  readonly name: string;
  /** What it logged as an error or worse. */
  readonly complaints: string[] = [];
  readonly #world: World;
  readonly #store: SharedStore;
  readonly #tamper: (chat: ChatServer) => void;
  readonly #hasher = new QuickHasher();
  #life: Life | undefined;

  constructor(
    world: World,
    store: SharedStore,
    name: string,
    tamper: (chat: ChatServer) => void = () => {},
  ) {
    this.#tamper = tamper;
    this.#world = world;
    this.#store = store;
    this.name = name;
  }

  /** The chat server, while it takes clients. */
  get chat(): ChatServer | undefined {
    return this.#life?.isServing === true ? this.#life.chat : undefined;
  }

  /** Undefined while it does not live. */
  get link(): StoreLink | undefined {
    return this.#life?.link;
  }

  /** Starts it, again until it serves; nothing if it lives. */
  async start(): Promise<void> {
    while (this.#life === undefined) {
      const life = this.#newLife();
      this.#life = life;
      try {
        await this.call((chat) => chat.start());
        life.isServing = true;
        this.#note('serves');
      } catch (error) {
        this.#note(`does not start: ${String(error)}`);
        if (this.#life === life) this.crash();
        await this.#world.pause(bootPauseMs);
      }
    }
  }

  /** SIGKILL: its connections are gone, and everything that it knew. */
  crash(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#note('dies');
    this.#life = undefined;
    life.isServing = false;
    life.process.kill();
    for (const wire of life.wires) wire.reset();
  }

  /** SIGTERM: it says goodbye, and ends. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#note('stops');
    life.isServing = false;
    try {
      await this.call((chat) => chat.stop());
      await this.call((chat) => chat.stores.close());
    } catch (error) {
      this.#note(`did not stop in good order: ${String(error)}`);
    }
    if (this.#life === life) this.crash();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#note('is paused');
    this.#life?.process.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.#note('goes on');
    this.#life?.process.resume();
    this.#life?.link.interrupted();
  }

  /** A client connects; nobody takes the connection while the server does not serve. */
  connect(address: string, owner: LineSocketOwner): Wire {
    const life = this.#life;
    if (life?.isServing !== true) return new Wire(this.#world, undefined, address, owner);
    const { process, chat, wires } = life;
    const sessionOf = (connection: unknown): string | undefined =>
      [...chat.fanOut.sessions()].find(([, holder]) => holder === connection)?.[0];
    const listener = { process, accept: chat.accept, sessionOf };
    const wire = new Wire(this.#world, listener, address, owner);
    wires.add(wire);
    void wire.closed.then(() => wires.delete(wire));
    return wire;
  }

  /** Has its process do something. @throws Error when there is none */
  call<T>(work: (chat: ChatServer) => Promise<T>): Promise<T> {
    if (this.#life === undefined) throw new Error(`${this.name} does not live`);
    const { process, chat } = this.#life;
    return process.call(
      () => work(chat),
      (told) => this.#world.later(0, told),
    );
  }

  #newLife(): Life {
    const process = this.#world.newProcess();
    const link = new StoreLink(this.#world, process);
    for (let cuts = 0; cuts < this.#store.awayBy; cuts++) link.cut();
    const stores = linkedStores(link, this.#store);
    const options = { name: this.name, registrationOpen: true, messagesPerSecond: 1_000 };
    const chat = new ChatServer(options, stores, this.#hasher, this.#logger());
    this.#tamper(chat);
    return { process, link, chat, wires: new Set(), isServing: false };
  }

  #logger(): Logger {
    const write = (line: string): void => {
      const { level, msg, ...rest } = JSON.parse(line) as { level: number; msg: string };
      this.#note(`logs: ${msg}`);
      if (level >= errorLevel) this.complaints.push(`${msg} ${JSON.stringify(rest)}`);
    };
    return pino({ level: 'info', base: null, timestamp: false }, { write });
  }

  #note(what: string): void {
    this.#world.note(`${this.name} ${what}`);
  }
}
