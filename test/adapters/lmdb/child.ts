import { writeSync } from 'node:fs';
import { argv } from 'node:process';

import { openDatabase, openFolder } from '../../../adapters/lmdb/data-folder.ts';
import { openLmdb } from '../../../adapters/lmdb/event-store.ts';
import { appending } from './appending.ts';

/**
 * A process of its own on a data folder: `node child.js ROLE FOLDER`. It says what it does in
 * lines of standard output, written at once, so that nothing said is lost when it is killed.
 */
const roles: Readonly<Record<string, (dir: string) => Promise<void>>> = {
  /** Holds the folder until it is killed. */
  own: async (dir) => {
    await openLmdb({ dir, own: true });
    say('holding');
    staysAlive();
  },

  /** Holds the folder, and appends until it is killed. */
  'own and append': async (dir) => appending(await openLmdb({ dir, own: true }), say),

  /** As a tool does, beside the folder's owner. */
  append: async (dir) => appending(await openLmdb({ dir }), say),

  /** Appends until the disk is full, and says whether reads go on. */
  fill: async (dir) => {
    const stores = await openLmdb({ dir });
    await appending(stores, say, 0);
    const { position } = await stores.events.head(0);
    say(`read ${(await stores.events.readAll(0, 1, 1_000_000)).length === position}`);
    await stores.close();
  },

  /** Begins a write transaction, writes to it, and stays in it. */
  lock: async (dir) => {
    const root = openDatabase(openFolder(dir));
    const log = root.openDB<Buffer, Buffer>('log', { encoding: 'binary', keyEncoding: 'binary' });
    await root.childTransaction(() => {
      log.putSync(Buffer.alloc(10, 0xff), Buffer.from('never committed'));
      say('locked');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    });
  },
};

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const staysAlive = (): unknown => setInterval(() => undefined, 60_000);

const [role = '', dir = ''] = argv.slice(2);
say('opening');
await roles[role]?.(dir).catch((error: unknown) => {
  say(`refused ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  process.exitCode = 1;
});
