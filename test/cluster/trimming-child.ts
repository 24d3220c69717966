import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { argv } from 'node:process';
import pino from 'pino';

/**
 * Archives and trims a log in a Redis, or else in a data folder, two days from now, and is killed at
 * its step `N`: `node trimming-child.js FOLDER REDIS ARCHIVE N`.
 * A step is a change of what is kept, in the store or of the archive's files, or a page that is read to
 * be archived: the process is killed just before it, and so just behind the one before. With fewer steps
 * it ends by itself.
 */
const [dir = '', redis = '', archived = '', killedAt = ''] = argv.slice(2);
const dayMs = 86_400_000;
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(killedAt)) process.kill(process.pid, 'SIGKILL');
}

const { link, open, rename, rm } = fsPromises;
Object.assign(fsPromises, {
  link: stepping(link),
  open: stepping(open),
  rename: stepping(rename),
  rm: stepping(rm),
});
syncBuiltinESMExports();

// Only now: what they import is what was put in its place.
const { openLmdb } = await import('../../adapters/lmdb/event-store.ts');
const { openRedis } = await import('../../adapters/redis/event-store.ts');
const { LogArchive } = await import('../../adapters/log-file/archive.ts');
const { Trimmer } = await import('../../server/trimmer.ts');

const stores = await (redis === '' ? openLmdb({ dir, own: true }) : openRedis({ url: redis }));
const snapshots = withSteps(stores.events.snapshots, ['keep']);
const events = withSteps(stores.events, ['readStored', 'trim'], { snapshots });
const leases = withSteps(stores.leases, ['take', 'release']);
const plan = { days: 1, archive: new LogArchive(archived) };
const log = pino({ enabled: false });
await new Trimmer(plan, { events, leases }, log, () => Date.now() + 2 * dayMs).look();
await stores.close();

function stepping<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    step();
    return act(...args);
  };
}

/** The same, but that each call of one of these names is a step. */
function withSteps<T extends object>(
  inner: T,
  names: readonly string[],
  others: Partial<T> = {},
): T {
  return new Proxy(inner, {
    get(target, name) {
      if (name in others) return others[name as keyof T];
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const act = value.bind(target) as (...args: unknown[]) => unknown;
      return names.includes(String(name)) ? stepping(act) : act;
    },
  });
}
