import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { argv } from 'node:process';
import timers from 'node:timers/promises';

import { appendAnswerMsMax, type Writer } from '../../core/event-store.ts';
import type { Stores } from '../../core/stores.ts';

/**
 * Erases alice in a Redis, or else in a data folder, and is killed at its step `N`:
 * `node erasing-child.js FOLDER REDIS N`. The folder has the master key in any case.
 * A step is a change of what is kept, in the store or of the file of the master key: the process is
 * killed just before it, and so just behind the one before. With fewer steps it ends by itself.
 */
const [dir = '', redis = '', killedAt = ''] = argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(killedAt)) process.kill(process.pid, 'SIGKILL');
}

const { rename, open } = fsPromises;
Object.assign(fsPromises, {
  rename: async (from: string, to: string) => {
    step();
    await rename(from, to);
    step();
  },
  open: async (...args: Parameters<typeof open>) => {
    step();
    return open(...args);
  },
});
// Nobody else uses the old key here: what is waited for would only take time.
const { setTimeout: sleep } = timers;
Object.assign(timers, {
  setTimeout: (...args: Parameters<typeof sleep>) =>
    Number(args[0]) > appendAnswerMsMax ? Promise.resolve() : sleep(...args),
});
syncBuiltinESMExports();

// Only now: what they import is what was put in its place.
const { openLmdb } = await import('../../adapters/lmdb/event-store.ts');
const { openRedis } = await import('../../adapters/redis/event-store.ts');
const { PasswordHasher } = await import('../../adapters/password-hasher.ts');
const { sealStores } = await import('../../adapters/sealing/seal-stores.ts');
const { eraseUser } = await import('../../cli/erase-user.ts');
const { toolActor } = await import('../../cli/tool-run.ts');
const { Appender } = await import('../../server/appender.ts');
const { FaultyStores } = await import('../support/faulty-stores.ts');

const master = { file: `${dir}/master.key`, make: false };
const plain = redis === '' ? openLmdb({ dir }) : openRedis({ url: redis });
const stores = await sealStores(stepping(await plain), { master, seals: true });
const writer: Writer = stores.events.writer('user-tool', 0);
const reader = { isCurrent: true, reached: () => Promise.resolve(true) };
const appender = new Appender(writer, reader, stores.events.info.partitions, () => undefined);
const context = { stores, hasher: new PasswordHasher(), appender };
await eraseUser(context, toolActor('user-tool'), 'alice', master);
await appender.close();
await stores.close();

/** The same stores; each change of what they keep is a step. */
function stepping(inner: Stores): Stores {
  const events = new FaultyStores(inner);
  events.arrange(
    (append) => {
      step();
      return append();
    },
    undefined,
    Infinity,
  );
  const { keys, credentials } = inner;
  return {
    ...inner,
    events,
    keys: {
      get: (name) => keys.get(name),
      change: (name, before, after) => {
        step();
        return keys.change(name, before, after);
      },
      list: () => keys.list(),
    },
    credentials: {
      put: (credential) => credentials.put(credential),
      get: (user, id) => credentials.get(user, id),
      remove: (user, id) => {
        step();
        return credentials.remove(user, id);
      },
      list: () => credentials.list(),
    },
    rewrite: () => {
      step();
      return inner.rewrite();
    },
  };
}
