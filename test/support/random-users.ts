import type { ChatClient } from './chat-client.ts';
import { type ChatHarness, passwordOf } from './chat-harness.ts';

/** Numbers from 0 to 1, the same ones for the same seed (Mulberry32, by Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(choices: readonly T[], random: () => number): T => {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('there is nothing to pick from');
  return chosen;
};

const rooms = ['lobby', 'IITKGP', 'attic', 'cellar', 'räume'] as const;
/** So many messages go out before somebody goes elsewhere, and so waits until they were taken. */
const saidAheadMax = 20;

/**
 * A user who does one thing after the other by chance: only what is appended and is not refused, as
 * long as the server lives. Whoever is cut off comes back.
 */
export class RandomUser {
  readonly name: string;
  readonly #chat: Pick<ChatHarness, 'client'>;
  readonly #others: readonly string[];
  readonly #random: () => number;
  readonly #servers: () => readonly number[];
  readonly #following = new Set<string>();
  #client: ChatClient | undefined;
  #server = 0;
  #room = 'lobby';
  #said = 0;

  /** `servers`: those that can be logged in at. */
  constructor(
    chat: Pick<ChatHarness, 'client'>,
    name: string,
    options: {
      readonly others: readonly string[];
      readonly random: () => number;
      readonly servers: () => readonly number[];
    },
  ) {
    this.name = name;
    this.#chat = chat;
    this.#others = options.others.filter((other) => other !== name);
    this.#random = options.random;
    this.#servers = options.servers;
  }

  get client(): ChatClient | undefined {
    return this.#client;
  }

  /** The server that it is with; undefined while it is away. */
  get server(): number | undefined {
    return this.#client === undefined ? undefined : this.#server;
  }

  /** Does one thing; a connection that ends meanwhile is no failure. */
  async act(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return this.logIn();
    try {
      await this.#act(client);
    } catch (error) {
      if (this.#client === client && !client.isClosed) throw error;
      this.#client = undefined;
    }
  }

  /** `onClient`: shown the client before it logs in. */
  async logIn(onClient: (client: ChatClient) => void = () => undefined): Promise<void> {
    this.#server = pick(this.#servers(), this.#random);
    const client = await this.#chat.client(this.#server);
    onClient(client);
    client.send(`LOGIN ${this.name} ${passwordOf(this.name)}`);
    const { line } = await client.seesMatching(/^(SUCCESS: Welcome|ERROR: )/);
    // Whom a killed server held is still logged in, until it is declared lost.
    if (line.startsWith('ERROR: ')) return client.vanish();
    this.#client = client;
    this.#room = 'lobby';
  }

  async logOut(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    client.send('/logout');
    await client.sees(`SUCCESS: Goodbye ${this.name}.`);
    await client.closes();
    this.#client = undefined;
  }

  /** The server is gone, and the connection with it. */
  cutOff(): void {
    this.#client?.vanish();
    this.#client = undefined;
  }

  async #act(client: ChatClient): Promise<void> {
    const chance = this.#random();
    if (chance < 0.55) return this.#say(client);
    if (chance < 0.75) return this.#move(client);
    if (chance < 0.85) return this.#follow(client);
    if (chance < 0.95) return this.#tell(client);
    return chance < 0.98 ? this.logOut() : this.#say(client);
  }

  async #say(client: ChatClient): Promise<void> {
    this.#said += 1;
    client.send(
      `${this.name} says ${this.#said}: ${'grüße '.repeat(Math.floor(this.#random() * 4))}`,
    );
    if (this.#said % saidAheadMax === 0) await this.#move(client);
  }

  async #move(client: ChatClient): Promise<void> {
    const room = pick(
      rooms.filter((one) => one !== this.#room),
      this.#random,
    );
    client.send(`/join ${room}`);
    await client.sees(`SUCCESS: Joined ${room}`);
    this.#room = room;
  }

  async #follow(client: ChatClient): Promise<void> {
    const target = pick(this.#others, this.#random);
    const isFollowed = this.#following.has(target);
    client.send(`/${isFollowed ? 'unsubscribe' : 'subscribe'} ${target}`);
    await client.sees(`SUCCESS: ${isFollowed ? 'Unsubscribed from' : 'Subscribed to'} ${target}`);
    if (isFollowed) this.#following.delete(target);
    else this.#following.add(target);
  }

  async #tell(client: ChatClient): Promise<void> {
    const target = pick(this.#others, this.#random);
    client.send(`/msg ${target} between us ${this.#said}`);
    await client.sees(`SUCCESS: Sent to ${target}.`);
  }
}
