import { StoreUnreachable } from '../../core/event-store.ts';
import type { Environment } from './environment.ts';

/**
 * Does what is beside the appends in a write transaction, and gives its result when that is on disk.
 *
 * @param bytes how much it writes, roughly
 * @throws {StoreUnreachable} when the folder takes no writes
 */
export function inTransaction<T>(environment: Environment, work: () => T, bytes = 0): Promise<T> {
  return new Promise((resolve, reject) => {
    let result: T | undefined;
    environment.commits.add({
      bytes,
      apply: () => (result = work()),
      settle: (settled) => {
        if (settled === 'durable') resolve(result as T);
        else if (settled instanceof Error) reject(settled);
        else reject(new StoreUnreachable(`The data folder takes no writes (${settled.status}).`));
      },
    });
  });
}
