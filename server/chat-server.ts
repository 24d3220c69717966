import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { LinkAcceptor } from '../adapters/client-link.ts';
import type { PasswordHasher } from '../adapters/password-hasher.ts';
import { toldIfSlow } from '../adapters/told-if-slow.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Recorded } from '../core/event-store.ts';
import type { Stores } from '../core/stores.ts';
import type { ChatView } from '../core/views/chat.ts';
import { forgetFollowing } from '../core/views/followers.ts';
import { Appender } from './appender.ts';
import { Bulletins } from './bulletins.ts';
import type { Chat, ChatOptions, ServerStatus } from './chat.ts';
import { Connection } from './connection.ts';
import { FanOut } from './fan-out.ts';
import { beginIncarnation, type Incarnation } from './incarnation.ts';
import { completeEnd, endsAtHome } from './incarnation-end.ts';
import { startMsMax } from './incarnation-start.ts';
import { insist } from './insistence.ts';
import { type FollowerOwner, LogFollower } from './log-follower.ts';
import { LoginThrottle } from './login-throttle.ts';
import { LostServers } from './lost-servers.ts';
import { GatheringWriter } from './gathering-writer.ts';
import { MeteredWriter } from './metered-writer.ts';
import { type Metrics, noMetrics } from './metrics.ts';
import { resume, toldOfRollback } from './rollback.ts';
import { sendAway } from './sent-away.ts';
import { heedSession } from './session-records.ts';
import { type Expiry, expiryOf } from './expiry.ts';
import type { SetBack } from './set-back.ts';
import { finishEnds } from './unfinished-ends.ts';
import { WaitingSessions } from './waiting-sessions.ts';

const restartPauseMs = 1_000;

/**
 * One chat server: follows the log, shows it to its clients, and appends what they ask for. It
 * keeps nothing that the log does not have.
 */
export class ChatServer implements Chat, FollowerOwner {
  readonly options: ChatOptions;
  readonly stores: Stores;
  readonly hasher: PasswordHasher;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly fanOut = new FanOut();
  readonly throttle = new LoginThrottle();
  readonly follower: LogFollower;
  /** Resolves with the reason when the log can no longer be followed; then only a stop is left. */
  readonly failure: Promise<Error>;
  readonly #lostServers: LostServers;
  readonly #waitingSessions: WaitingSessions;
  readonly #bulletins: Bulletins;
  readonly #expiry: Expiry | undefined;
  readonly #connections = new Set<Connection>();
  readonly #stopping = new AbortController();
  #fail: (reason: Error) => void = () => {};
  #incarnation: Incarnation | undefined;
  #appender: Appender | undefined;
  /** The beginning of an incarnation that is under way. */
  #anew: Promise<void> = Promise.resolve();
  #status: ServerStatus = 'starting';

  constructor(
    options: ChatOptions,
    stores: Stores,
    hasher: PasswordHasher,
    log: Logger,
    metrics = noMetrics,
  ) {
    this.metrics = metrics;
    this.options = options;
    this.stores = stores;
    this.hasher = hasher;
    this.log = log.child({ server: options.name });
    this.follower = new LogFollower(stores.events, this);
    this.#bulletins = new Bulletins(this.follower, this.fanOut);
    this.#waitingSessions = new WaitingSessions(this);
    this.#expiry = expiryOf(stores, () => this.follower.view.retentions, this.log);
    this.failure = new Promise((resolve) => (this.#fail = resolve));
    const servers = () => this.follower.view.servers;
    this.#lostServers = new LostServers(stores, options.name, servers, this.log);
  }

  get incarnation(): number {
    return this.#incarnation?.number ?? 0;
  }

  get status(): ServerStatus {
    return this.#status;
  }

  get connections(): Iterable<Connection> {
    return this.#connections;
  }

  get isEnding(): boolean {
    return this.#status !== 'serving';
  }

  get appender(): Appender {
    if (this.#appender === undefined) throw new Error('The server has not started.');
    return this.#appender;
  }

  /**
   * Begins an incarnation and folds the log up to now; then clients can be accepted.
   * @throws {NameTaken}
   * @throws {StoreUnreachable} also when the start is not confirmed within 10 s
   * @throws the system's AbortError when it is stopped meanwhile
   */
  async start(): Promise<void> {
    const { signal } = this.#stopping;
    this.#anew = this.#begin(startMsMax);
    await this.#anew;
    await toldIfSlow(this.follower.catchUp(), () =>
      this.log.info('Waiting for the log to be read …'),
    );
    signal.throwIfAborted();
    this.follower.follow(`${this.options.name}:${this.incarnation}`);
    await finishEnds(this.stores.events, this.follower.view);
    signal.throwIfAborted();
    this.#lostServers.start();
    this.#waitingSessions.start();
    this.#bulletins.start();
    this.#expiry?.start();
    this.#status = 'serving';
  }

  /** Takes a new client. */
  readonly accept: LinkAcceptor = (link) => {
    const connection: Connection = new Connection(this, link, () =>
      this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    this.metrics.connected(link.format.transport);
    // Whoever asks whether this server serves is told that it does not, for now.
    if (this.isEnding) connection.disconnect('ServerRestarted');
    return connection;
  };

  /**
   * Tells the clients why, ends the incarnation in the log, and lets go of everything.
   * @throws {StoreUnreachable} when the log could not be told; the server has stopped all the same
   */
  async stop(): Promise<void> {
    this.#status = 'stopped';
    this.#stopping.abort();
    this.#lostServers.stop();
    this.#waitingSessions.stop();
    this.#bulletins.stop();
    this.#expiry?.stop();
    await sendAway(this.#connections, 'ServerStopping');
    await Promise.allSettled([this.#anew]);
    try {
      await this.#incarnation?.stop();
    } finally {
      await this.follower.close();
    }
  }

  // What the follower tells.

  onRecord(recorded: Recorded, deliveries: readonly Delivery[]): void {
    const { event } = recorded;
    this.fanOut.deliver(recorded, deliveries);
    this.#appender?.folds(recorded.id);
    heedSession(this, recorded);
    if (event.type === 'RetentionSet') this.#expiry?.lookSoon();
    if (event.type === 'UserErased') {
      this.follower.recent.clear();
      this.options.onErased?.(this.#connections);
    }
    if (event.type === 'ServerStopped' || event.type === 'ServerLost')
      this.#onServerEnded(recorded, event.data);
  }

  onBatchEnd(): number {
    return this.fanOut.flush(this.#bulletins.cursor);
  }

  onRefolded(setBack: readonly SetBack[], before: ChatView): void {
    for (const connection of this.#connections) toldOfRollback(this, connection, setBack, before);
    // The log may be from before this incarnation.
    const started = this.follower.view.servers.get(this.options.name);
    if (started?.incarnation !== this.incarnation) this.#restart();
    else resume(this, this.#connections, before);
    void this.#insist(() => finishEnds(this.stores.events, this.follower.view));
  }

  onFailure(error: Error): void {
    this.log.fatal({ err: error }, 'the log can no longer be followed');
    this.#fail(error);
  }

  async #begin(withinMs: number): Promise<void> {
    const { stores, options, log } = this;
    const incarnation = await beginIncarnation(stores, options, log, {
      startMsMax: withinMs,
      signal: this.#stopping.signal,
    });
    this.#incarnation = incarnation;
    const { partitions } = stores.events.info;
    const metered = new MeteredWriter(incarnation.writer, this.metrics);
    const writer = new GatheringWriter(metered, this.follower);
    this.#appender = new Appender(writer, this.follower, partitions, () => this.#restart());
  }

  #onServerEnded(recorded: Recorded, ended: { server: string; incarnation: number }): void {
    const { server, incarnation } = ended;
    if (server === this.options.name && incarnation === this.incarnation) this.#restart();
    if (!endsAtHome(recorded, this.stores.events.info.partitions)) return;
    const type = recorded.event.type as 'ServerLost';
    void this.#insist(() => completeEnd(this.stores.events, type, server, incarnation));
  }

  /** No other server may be there to do it. */
  #insist(complete: () => Promise<boolean>): Promise<void> {
    return insist(complete, () => this.#status === 'stopped', this.log);
  }

  /** The others have declared this server lost: what it held is over, and it begins anew. */
  #restart(): void {
    if (this.#status !== 'serving') return;
    this.#status = 'restarting';
    this.log.warn({ incarnation: this.incarnation }, 'this incarnation has ended; beginning anew');
    this.#anew = this.#beginAnew();
  }

  async #beginAnew(): Promise<void> {
    await sendAway(this.#connections, 'ServerRestarted');
    const { followers } = this.follower.view;
    for (const user of followers.following.keys()) forgetFollowing(followers, user);
    const former = this.#incarnation;
    while (this.#status === 'restarting') {
      try {
        await former?.abandon();
        // Those who were here wait for it, and would only find another start that waits.
        await this.#begin(Infinity);
        // Unless it was stopped meanwhile.
        if (this.#status === 'restarting') this.#status = 'serving';
      } catch (error) {
        this.log.warn({ err: error }, 'no new incarnation yet');
        await sleep(restartPauseMs);
      }
    }
  }
}
