import type { SecureVersion } from 'node:tls';

import type { Logger } from 'pino';

import { type LineListener, listenForLines } from '../adapters/line/line-listener.ts';
import { PasswordHasher } from '../adapters/password-hasher.ts';
import type { LinkNews, Stores } from '../core/stores.ts';
import { createAccount } from './accounts.ts';
import { loadAccount } from './aggregate.ts';
import { ChatServer } from './chat-server.ts';
import { sweepCredentials } from './credential-sweep.ts';

/** Accounts to try the chat with; their passwords are public, so only on a loopback address. */
export const demoAccounts: readonly { readonly user: string; readonly password: string }[] = [
  { user: 'alice', password: 'password123' },
  { user: 'bob', password: 'letmein' },
  { user: 'dave', password: '123456' },
  { user: 'eve', password: 'qwerty' },
];

const sweepMs = 3_600_000;

/** One chat server of a process: its name in the cluster and where it listens for lines. */
export interface ServerPlan {
  readonly name: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface ChatPlan {
  readonly servers: readonly ServerPlan[];
  /** Called once for each server, with whom to tell what becomes of the link to the store. */
  readonly openStores: (onLink: (news: LinkNews) => void) => Promise<Stores>;
  readonly tls: {
    readonly cert: Buffer;
    readonly key: Buffer;
    readonly minVersion: SecureVersion;
  };
  readonly registrationOpen: boolean;
  readonly demo: boolean;
  readonly messagesPerSecond: number;
  readonly log: Logger;
}

export interface RunningChat {
  readonly servers: readonly ServerPlan[];
  /** Whether there is any account to log in with. */
  readonly hasAccounts: boolean;
  /** What the operator should know about the store: one sentence each. */
  readonly warnings: readonly string[];
  /** Resolves with the reason when a server cannot go on: its log is damaged beyond repair. */
  readonly failure: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * Starts the chat servers of one process. If one of them cannot start, those before it stop again.
 * @throws {StoreUnusable} @throws {StoreUnreachable} @throws {NameTaken}
 * @throws the system's error when a port cannot be had.
 */
export async function startChat(plan: ChatPlan): Promise<RunningChat> {
  const hasher = new PasswordHasher();
  const running: RunningServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    for (const server of plan.servers) running.push(await startServer(plan, server, hasher));
  } catch (error) {
    await stop();
    throw error;
  }
  const [first] = running;
  const warnings = first?.stores.warnings ?? [];
  const hasAccounts = first !== undefined && (await anyAccount(first.stores));
  const failure = Promise.race(running.map((server) => server.failure));
  return { servers: running.map(({ at }) => at), hasAccounts, warnings, failure, stop };
}

interface RunningServer {
  readonly at: ServerPlan;
  readonly stores: Stores;
  readonly failure: Promise<Error>;
  stop(): Promise<void>;
}

async function startServer(
  plan: ChatPlan,
  { name, host, port }: ServerPlan,
  hasher: PasswordHasher,
): Promise<RunningServer> {
  const { registrationOpen, messagesPerSecond, log } = plan;
  const stores = await plan.openStores((news) => tellLink(news, log.child({ server: name })));
  const options = { name, registrationOpen, messagesPerSecond };
  const server = new ChatServer(options, stores, hasher, log);
  let listener: LineListener | undefined;
  const sweep = setInterval(() => void sweepQuietly(stores, log), sweepMs);
  const stop = async (): Promise<void> => {
    clearInterval(sweep);
    listener?.close();
    try {
      await server.stop();
    } finally {
      await stores.close();
    }
  };
  try {
    // The port first: one that is taken is found before anything is written to the log.
    const onTrouble = (error: Error): void =>
      log.warn({ err: error, server: name }, 'connections cannot be taken');
    listener = await listenForLines({ host, port, ...plan.tls, onTrouble });
    await server.start();
    if (plan.demo) await createDemoAccounts(server);
    listener.open(server.accept);
  } catch (error) {
    await stop();
    throw error;
  }
  return { at: { name, host, port: listener.port }, stores, failure: server.failure, stop };
}

/** An outage that nobody reads of in the log is one that is looked for elsewhere. */
function tellLink(news: LinkNews, log: Logger): void {
  if (news.status === 'back') log.info({ downMs: Math.round(news.downMs) }, 'the store is back');
  else log.warn({ reason: news.reason }, 'the store is out of reach');
}

async function createDemoAccounts(server: ChatServer): Promise<void> {
  const actor = { server: server.options.name, incarnation: server.incarnation };
  for (const account of demoAccounts) {
    const { state } = await loadAccount(server.stores.events, account.user);
    if (state.status === 'none') await createAccount(server, actor, account);
  }
}

async function anyAccount({ events }: Stores): Promise<boolean> {
  for (let partition = 0; partition < events.info.partitions; partition++) {
    const [first] = await events.readStream({ stream: 'accounts', partition, limit: 1 });
    if (first !== undefined) return true;
  }
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
