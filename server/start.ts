import type { SecureVersion } from 'node:tls';

import type { Logger } from 'pino';

import { PasswordHasher } from '../adapters/password-hasher.ts';
import type { TlsCertificate } from '../adapters/tls/tls-door.ts';
import { StoreUnreachable } from '../core/event-store.ts';
import type { LinkNews, Stores } from '../core/stores.ts';
import { accountNames } from './account-names.ts';
import { createAccount } from './accounts.ts';
import { loadAccount } from './aggregate.ts';
import { ChatServer } from './chat-server.ts';
import type { Connection } from './connection.ts';
import { sweepCredentials } from './credential-sweep.ts';
import { ForgottenText } from './forgotten-text.ts';
import { CountedMetrics } from './metrics-counted.ts';
import { Sealing, type SealingPlan } from './sealing.ts';
import { type ServerPlan, type TakenPorts, takePorts } from './taken-ports.ts';
import { Trimmer, type TrimmingPlan } from './trimmer.ts';
import { tellLink } from './link-news.ts';
import { warnOfUnfinishedErasures } from './unfinished-erasures.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { WebOptions } from './web-side.ts';

/** Accounts to try the chat with; their passwords are public, so only on a loopback address. */
export const demoAccounts: readonly { readonly user: string; readonly password: string }[] = [
  { user: 'alice', password: 'password123' },
  { user: 'bob', password: 'letmein' },
  { user: 'dave', password: '123456' },
  { user: 'eve', password: 'qwerty' },
];

const sweepMs = 3_600_000;

/** Where a chat server listens. */
export interface ServedAt {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The origin under which browsers reach it. */
  readonly web?: string;
}

export interface ChatPlan<C extends TlsCertificate = TlsCertificate> {
  readonly servers: readonly ServerPlan[];
  /** Called once for each server, with whom to tell what becomes of the link to the store. */
  readonly openStores: (onLink: (news: LinkNews) => void) => Promise<Stores>;
  /** The certificate to serve with; asked for when all servers have started, before any serves. */
  readonly certify: () => Promise<C>;
  readonly tlsMin: SecureVersion;
  readonly web: WebOptions;
  readonly registrationOpen: boolean;
  readonly demo: boolean;
  readonly messagesPerSecond: number;
  /** Asked for when the stores are open; without it nothing is sealed, and nothing said of it. */
  readonly sealing?: () => SealingPlan;
  /** Absent: the log is kept for ever. */
  readonly trimming?: TrimmingPlan;
  readonly log: Logger;
  /** Aborted when the chat is to be started no more. */
  readonly signal?: AbortSignal;
}

export interface RunningChat<C extends TlsCertificate = TlsCertificate> {
  readonly servers: readonly ServedAt[];
  /** What `certify` answered. */
  readonly certificate: C;
  /** Whether there is any account to log in with. */
  readonly hasAccounts: boolean;
  /** What the operator should know about the store: one sentence each. */
  readonly warnings: readonly string[];
  /** Resolves with the reason when a server cannot go on: its log is damaged beyond repair. */
  readonly failure: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * Starts the chat servers of one process. If one of them cannot start, or anything else is lacking
 * at last, all of them stop again.
 * @throws {StoreUnusable} @throws {StoreUnreachable} @throws {NameTaken}
 * @throws the reason of `signal`, once that is aborted; what had begun has ended
 * @throws the system's error when a port cannot be had, and whatever `certify` throws.
 */
export async function startChat<C extends TlsCertificate>(
  plan: ChatPlan<C>,
): Promise<RunningChat<C>> {
  const hasher = new PasswordHasher();
  const taken: TakenPorts[] = [];
  const running: RunningServer[] = [];
  let sealing: Sealing | undefined;
  let trimmer: Trimmer | undefined;
  const forgotten = new ForgottenText(plan.log);
  const stop = async (): Promise<void> => {
    forgotten.stop();
    await trimmer?.stop();
    await sealing?.stop();
    await stopAll(running);
    await Promise.all(taken.map((ports) => ports.stop()));
  };
  try {
    // The ports first: one that is taken is found before anything is made or written.
    for (const server of plan.servers) taken.push(await takePorts(plan, server));
    const shared = { hasher, onErased: (clients: Iterable<Connection>) => forgotten.seen(clients) };
    for (const ports of taken) running.push(await startServer(plan, ports, shared));
    const [first] = running;
    const hasAccounts = first !== undefined && (await anyAccount(first.stores));
    const certificate = await plan.certify();
    plan.signal?.throwIfAborted();
    const sealed = plan.sealing?.();
    // All servers of a process share the store, and one that seals is enough.
    if (first !== undefined && sealed !== undefined) {
      const { stores, at, positions } = first;
      const { log } = plan;
      sealing = new Sealing(sealed, { events: stores.events, server: at.name, positions, log });
      sealing.start();
    }
    if (first !== undefined && plan.trimming !== undefined) {
      const isSealed = sealed?.key !== undefined;
      trimmer = new Trimmer({ ...plan.trimming, isSealed }, first.stores, plan.log);
      trimmer.start();
    }
    const keys = first?.stores.textKeys;
    if (keys !== undefined) void warnOfUnfinishedErasures(keys, plan.log);
    const isUnsealed = sealed !== undefined && sealed.key === undefined;
    for (const server of running) server.open(certificate);
    return {
      servers: running.map(({ at }) => at),
      certificate,
      hasAccounts,
      warnings: [...(first?.stores.warnings ?? []), ...(isUnsealed ? [notSealed] : [])],
      failure: Promise.race(running.map((server) => server.failure)),
      stop,
    };
  } catch (error) {
    await stopInVain(stop, plan.log);
    throw error;
  }
}

const notSealed =
  'This server has no key to seal the log with (--audit-key), so it does not: unless another server does, nobody can prove later that the log is whole.';

interface RunningServer {
  readonly at: ServedAt;
  readonly stores: Stores;
  readonly failure: Promise<Error>;
  /** By partition, how far its view of the log reaches. */
  readonly positions: () => readonly number[];
  /** Takes clients from now on. */
  open(certificate: TlsCertificate): void;
  stop(): Promise<void>;
}

/** What the servers of a process have in common. */
interface SharedByServers {
  readonly hasher: PasswordHasher;
  readonly onErased: (connections: Iterable<Connection>) => void;
}

async function startServer(
  plan: ChatPlan,
  ports: TakenPorts,
  { hasher, onErased }: SharedByServers,
): Promise<RunningServer> {
  const { registrationOpen, messagesPerSecond, log } = plan;
  const { name, host } = ports.server;
  const { signal = new AbortController().signal } = plan;
  signal.throwIfAborted();
  const opening = plan.openStores((news) => tellLink(news, log.child({ server: name })));
  const stores = await unlessAborted(opening, signal);
  let server: ChatServer | undefined;
  const sweep = setInterval(() => void sweepQuietly(stores, log), sweepMs);
  const stop = async (): Promise<void> => {
    clearInterval(sweep);
    ports.close();
    try {
      await server?.stop();
    } finally {
      await ports.stop();
      await stores.close();
    }
  };
  try {
    const origin = ports.web === undefined ? {} : { web: ports.web.origin };
    const options = { name, registrationOpen, messagesPerSecond, onErased, ...origin };
    const metrics = new CountedMetrics();
    const started = new ChatServer(options, stores, hasher, log, metrics);
    server = started;
    ports.web?.serve(started, metrics);
    await unlessAborted(started.start(), signal);
    if (plan.demo) await unlessAborted(createDemoAccounts(started), signal);
    const open = (certificate: TlsCertificate): void => {
      ports.lines.open(certificate, started.accept);
      ports.web?.listener.open(certificate);
    };
    const at = { name, host, port: ports.lines.port, ...origin };
    const positions = (): readonly number[] => started.follower.positions;
    return { at, stores, failure: started.failure, positions, open, stop };
  } catch (error) {
    await stopInVain(stop, log);
    throw error;
  }
}

/**
 * Stops all of them, whatever becomes of each.
 * @throws what one of them threw: rather what nobody foresaw than that the store is out of reach
 */
async function stopAll(servers: readonly RunningServer[]): Promise<void> {
  const ends = servers.map((server) => server.stop());
  await Promise.allSettled(ends);
  await Promise.all(ends.map((end) => end.catch(throwUnforeseen)));
  await Promise.all(ends);
}

function throwUnforeseen(error: unknown): void {
  if (!(error instanceof StoreUnreachable)) throw error;
}

/** Stops what did not start: the reason for that is the one to tell. */
async function stopInVain(stop: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await stop();
  } catch (error) {
    log.debug({ err: error }, 'the stop after a failed start');
  }
}

async function createDemoAccounts(server: ChatServer): Promise<void> {
  const actor = { server: server.options.name, incarnation: server.incarnation };
  for (const account of demoAccounts) {
    const { state } = await loadAccount(server.stores.events, account.user);
    if (state.status === 'none') await createAccount(server, actor, account);
  }
}

async function anyAccount({ events }: Stores): Promise<boolean> {
  for await (const _ of accountNames(events)) return true;
  return false;
}

async function sweepQuietly(stores: Stores, log: Logger): Promise<void> {
  try {
    const swept = await sweepCredentials(stores, Date.now());
    if (swept > 0) log.info({ swept }, 'removed credentials that no account names');
  } catch (error) {
    log.debug({ err: error }, 'the credentials were not swept');
  }
}
