import { HistoryList } from './history.ts';
import { StoryClient, type StoryServer } from './story-client.ts';
import { StoryClock, StoryLog } from './story-log.ts';

/** How a message's way differs from the usual one: stored once, shown to all, answered. */
export interface Way {
  /** How often it lands in the log. */
  readonly stored?: number;
  /** In which room it lands, and as whose. */
  readonly storedIn?: string;
  readonly storedBy?: string;
  readonly answer?: 'ok' | 'error' | 'unknown' | 'none';
  /** What the receipt says wrongly. */
  readonly receipt?: { readonly room?: string; readonly epoch?: string; readonly number?: number };
  /** Only these are shown it; everybody whom it concerns unless given. */
  readonly shownTo?: readonly string[];
}

/** The epoch of every story's log. */
export const epoch = 'epoch-1';

/**
 * A chat in miniature that writes what a run leaves behind: a log and histories. It makes no fault
 * by itself; what goes wrong is said by whoever tells the story. It shares nothing with the checker
 * but the two forms.
 */
export class Story {
  readonly clock = new StoryClock();
  readonly log = new StoryLog(this.clock);
  readonly histories: HistoryList[] = [];
  readonly servers = new Map<string, StoryServer>();
  readonly #here = new Map<string, StoryClient>();
  /** Sessions that were taken over, and are still in their rooms. */
  readonly #lingering = new Set<StoryClient>();
  readonly #follows = new Map<string, Set<string>>();
  #sessions = 0;

  constructor() {
    this.log.append('epoch', { type: 'EpochStarted', data: { epoch, from: 1 } });
    this.start('one');
  }

  /** The client of a user who is here. */
  client(user: string): StoryClient {
    const client = this.#here.get(user);
    if (client === undefined) throw new Error(`${user} is not here`);
    return client;
  }

  isHere(user: string): boolean {
    return this.#here.has(user);
  }

  start(name: string): void {
    const incarnation = this.log.revision(`server:${name}`) + 1;
    const data = { server: name, incarnation };
    this.servers.set(name, { name, incarnation });
    this.log.append(`server:${name}`, { type: 'ServerStarted', data });
  }

  /** One event ends the server's sessions; its connections hear nothing any more. */
  end(name: string, type: 'ServerStopped' | 'ServerLost' = 'ServerLost'): void {
    const server = this.servers.get(name);
    if (server === undefined) return;
    this.servers.delete(name);
    const data = { server: name, incarnation: server.incarnation };
    this.log.append(`server:${name}`, { type, data });
    const gone = this.#present()
      .filter((client) => client.server === server)
      .toSorted((one, other) => (one.session < other.session ? -1 : 1));
    for (const client of gone) client.hangUp();
    for (const client of gone) {
      this.#remove(client);
      this.#tellLeft(client.user, client.room);
    }
  }

  login(user: string, { on = 'one', takeover = false } = {}): void {
    const server = this.servers.get(on);
    if (server === undefined) return;
    const session = `session-${String(++this.#sessions).padStart(6, '0')}`;
    const { clock } = this;
    const history = this.#history(user);
    const client = new StoryClient({ user, session, server }, { history, clock });
    client.sees({ kind: 'opened', port: 1 });
    client.sees({ kind: 'login', user, takeover });
    if (takeover) this.#takeOver(user);
    const data = { user, session, server: server.name, incarnation: server.incarnation };
    this.log.append(`session:${user}`, { type: 'SessionOpened', data });
    this.#enter(client, 'lobby');
    client.sees({ kind: 'welcome', user, room: 'lobby' });
  }

  join(user: string, room: string): void {
    const client = this.client(user);
    if (client.room !== room) {
      this.#leave(client);
      this.#enter(client, room);
    }
    client.sees({ kind: 'joined', room });
  }

  /** A client whose connection is broken says nothing. */
  say(user: string, text: string, way: Way = {}): void {
    const client = this.client(user);
    if (client.isDeaf) return;
    const { stored = 1, answer = 'ok' } = way;
    const message = ++client.sent;
    const { room } = client;
    client.sees({ kind: 'invoke', message, room, text });
    let number = 1;
    for (let time = 0; time < stored; time++) number = this.land(user, text, way);
    if (answer === 'ok') client.sees({ kind: 'ok', message, room, epoch, number, ...way.receipt });
    else if (answer !== 'none') client.sees({ kind: answer, message, text: 'ERROR: Not stored.' });
  }

  /** A message lands in the log, at the number answered, and is shown. */
  land(user: string, text: string, way: Way = {}): number {
    const { room: usual, session } = this.client(user);
    const { storedIn: room = usual, storedBy = user, shownTo } = way;
    const data = { room, user: storedBy, session };
    const { revision } = this.log.append(`room:${room}`, { type: 'MessagePosted', data }, text);
    for (const client of this.#present()) {
      if (shownTo?.includes(client.user) === false || client.user === storedBy) continue;
      if (client.room === room) client.sees({ kind: 'message', room, user: storedBy, text });
      else if (this.#isFollower(client, storedBy, room))
        client.sees({ kind: 'subbed', user: storedBy, text });
    }
    return revision;
  }

  follow(user: string, target: string): void {
    const followed = this.#follows.get(user) ?? new Set();
    if (followed.has(target)) return;
    this.#follows.set(user, followed.add(target));
    this.log.append(`following:${user}`, { type: 'UserSubscribed', data: { user, target } });
  }

  unfollow(user: string, target: string): void {
    if (this.#follows.get(user)?.delete(target) !== true) return;
    this.log.append(`following:${user}`, { type: 'UserUnsubscribed', data: { user, target } });
  }

  logout(user: string): void {
    const client = this.client(user);
    this.#leave(client);
    this.#closed(client, 'logout');
    client.sees({ kind: 'goodbye' });
    client.hangUp();
  }

  /** The server notices that a connection is broken. */
  disconnect(user: string): void {
    const client = this.client(user);
    client.hangUp();
    this.#leave(client);
    this.#closed(client, 'disconnected');
  }

  /** The sessions that were taken over leave their rooms. */
  sweep(): void {
    for (const client of this.#lingering) this.#leave(client);
  }

  /** Everybody has received everything and hangs up. */
  finish(): this {
    for (const client of this.#here.values()) client.finish();
    return this;
  }

  #takeOver(user: string): void {
    const former = this.#here.get(user);
    if (former === undefined) return;
    this.#closed(former, 'takenOver');
    former.hangUp();
    this.#lingering.add(former);
  }

  #closed({ user, session }: StoryClient, reason: string): void {
    const data = { user, session, reason };
    this.log.append(`session:${user}`, { type: 'SessionClosed', data });
  }

  #enter(client: StoryClient, room: string): void {
    const { user, session, server } = client;
    const isNew = !this.#isIn(user, room);
    const held = { server: server.name, incarnation: server.incarnation };
    const data = { room, name: room, user, session, ...held };
    this.log.append(`room:${room}`, { type: 'RoomJoined', data });
    if (isNew) this.#tellRoom('entered', user, room);
    client.room = room;
    this.#here.set(user, client);
  }

  #leave(client: StoryClient): void {
    const { user, session, room } = client;
    this.log.append(`room:${room}`, { type: 'RoomLeft', data: { room, user, session } });
    this.#remove(client);
    this.#tellLeft(user, room);
  }

  #tellLeft(user: string, room: string): void {
    if (!this.#isIn(user, room)) this.#tellRoom('left', user, room);
  }

  #tellRoom(kind: 'entered' | 'left', user: string, room: string): void {
    for (const other of this.#present())
      if (other.room === room && other.user !== user) other.sees({ kind, room, user });
  }

  #remove(client: StoryClient): void {
    if (this.#here.get(client.user) === client) this.#here.delete(client.user);
    this.#lingering.delete(client);
  }

  #present(): readonly StoryClient[] {
    return [...this.#here.values(), ...this.#lingering];
  }

  #isIn(user: string, room: string): boolean {
    return this.#present().some((client) => client.user === user && client.room === room);
  }

  #isFollower({ user }: StoryClient, author: string, room: string): boolean {
    return this.#follows.get(user)?.has(author) === true && !this.#isIn(user, room);
  }

  #history(client: string): HistoryList {
    let history = this.histories.find((candidate) => candidate.client === client);
    if (history === undefined) {
      history = new HistoryList(client);
      this.histories.push(history);
    }
    return history;
  }
}
