import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { leaseMs, type LeaseStore } from '../core/lease-store.ts';
import { randomId } from './random-id.ts';

export const leaseRefreshMs = 1_000;
/** A lease of the same name that is still held after this long belongs to a server that lives. */
const takeMsMax = leaseMs + 3_000;
const takePauseMs = 250;

/** A server of this name lives elsewhere. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';

  constructor(server: string) {
    super(
      `A server named ${server} is running already. Stop it, or give this one another name with --name.`,
    );
  }
}

/** A server's name, held by the lease that is refreshed each second. */
export interface HeldName {
  refreshNoMore(): void;
  /** Lets the name go. @throws {StoreUnreachable} */
  release(): Promise<void>;
}

/**
 * Takes the lease of a server's name, and holds it until it is let go.
 * @throws {NameTaken} when another server holds the name and goes on holding it
 * @throws {StoreUnreachable}
 * @throws the system's AbortError, once the signal is aborted
 */
export async function holdName(
  leases: LeaseStore,
  server: string,
  log: Logger,
  signal: AbortSignal,
): Promise<HeldName> {
  const token = randomId();
  const until = performance.now() + takeMsMax;
  while (!(await leases.take(server, token))) {
    if (performance.now() > until) throw new NameTaken(server);
    await sleep(takePauseMs, undefined, { signal });
  }
  const refresh = setInterval(() => {
    leases.refresh(server, token).then(
      (held) => held || log.warn({ server }, 'the lease of this name is held by another server'),
      (error: unknown) => log.debug({ err: error }, 'the lease was not refreshed'),
    );
  }, leaseRefreshMs);
  const refreshNoMore = (): void => clearInterval(refresh);
  const release = async (): Promise<void> => {
    refreshNoMore();
    await leases.release(server, token);
  };
  return { refreshNoMore, release };
}
