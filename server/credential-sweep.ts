import { isKnown } from '../core/account.ts';
import type { Stores } from '../core/stores.ts';
import { loadAccount } from './aggregate.ts';

/** An event that names a credential follows it within seconds; after an hour none will. */
const graceMs = 3_600_000;

/**
 * Removes the credentials that no account's events name: what a crash between the two left behind.
 * Answers how many.
 * @throws {StoreUnreachable}
 */
export async function sweepCredentials(
  { events, credentials }: Stores,
  now: number,
): Promise<number> {
  let swept = 0;
  for await (const { id, user, createdAt } of credentials.list()) {
    if (now - createdAt < graceMs) continue;
    const { state } = await loadAccount(events, user);
    if (isKnown(state) && state.credential === id) continue;
    await credentials.remove(user, id);
    swept += 1;
  }
  return swept;
}
