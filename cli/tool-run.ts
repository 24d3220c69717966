import { PasswordHasher } from '../adapters/password-hasher.ts';
import type { Actor } from '../core/event-store.ts';
import type { AccountsContext } from '../server/accounts.ts';
import { Appender } from '../server/appender.ts';
import { openStores } from './open-stores.ts';
import { startFailure } from './start-failure.ts';
import type { StoreOptions } from './store-options.ts';

/** Who did it, in the log: no user, no session, a tool of this name. */
export const toolActor = (name: string): Actor => ({ server: name, incarnation: 0 });

/**
 * Opens the store, lets `work` append to it as a tool, and closes it.
 * @throws {PlainFailure} when the store cannot be used, or `work` throws one
 */
export async function runTool(
  store: StoreOptions,
  actor: Actor,
  work: (context: AccountsContext) => Promise<void>,
): Promise<void> {
  try {
    const stores = await openStores(store);
    for (const warning of stores.warnings) console.error(`securechat: ${warning}`);
    const writer = stores.events.writer(actor.server, actor.incarnation);
    // Nobody here waits for a fold: what the store has answered is in the log.
    const reader = { isCurrent: true, reached: () => Promise.resolve(true) };
    const { partitions } = stores.events.info;
    const appender = new Appender(writer, reader, partitions, () => undefined);
    try {
      await work({ stores, hasher: new PasswordHasher(), appender });
    } finally {
      await appender.close();
      await stores.close();
    }
  } catch (error) {
    throw startFailure(error);
  }
}
