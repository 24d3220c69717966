import type { Logger } from 'pino';

import type { LeaseStore } from '../core/lease-store.ts';
import { leaseRefreshMs } from './name-lease.ts';
import { randomId } from './random-id.ts';

/**
 * Does what one server at a time does, under a lease of this name. Answers false, and does nothing,
 * while another server is at it.
 * @throws {StoreUnreachable} @throws what the work throws
 */
export async function oneAtATime(
  leases: LeaseStore,
  name: string,
  work: () => Promise<void>,
  log: Logger,
): Promise<boolean> {
  const token = randomId();
  if (!(await leases.take(name, token))) return false;
  const tell = (error: unknown): void => log.debug({ err: error, name }, 'a lease was not kept');
  const refresh = setInterval(() => {
    leases.refresh(name, token).catch(tell);
  }, leaseRefreshMs);
  try {
    await work();
  } finally {
    clearInterval(refresh);
    await leases.release(name, token).catch(tell);
  }
  return true;
}
