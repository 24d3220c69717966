import type { DataFolder } from './data-folder.ts';
import { Environment, type WantedLog } from './environment.ts';

interface Shared {
  readonly environment: Promise<Environment>;
  users: number;
}

/** By path: a folder is opened once in a process, as LMDB asks for. */
const open = new Map<string, Shared>();
/** Folders that are being closed: they cannot be opened again before that is done. */
const closing = new Map<string, Promise<void>>();

/** The environment of a folder, which the caller shares until it calls `giveBack`. */
export async function share(
  folder: DataFolder,
  wanted: WantedLog,
  now: () => number,
): Promise<Environment> {
  while (closing.has(folder.path)) await closing.get(folder.path);
  const shared = open.get(folder.path) ?? {
    environment: Environment.open(folder, wanted, now),
    users: 0,
  };
  open.set(folder.path, shared);
  shared.users += 1;
  try {
    const environment = await shared.environment;
    environment.check(wanted.partitions);
    return environment;
  } catch (error) {
    await leave(folder, shared);
    throw error;
  }
}

export async function giveBack({ folder }: Environment): Promise<void> {
  const shared = open.get(folder.path);
  if (shared !== undefined) await leave(folder, shared);
}

async function leave(folder: DataFolder, shared: Shared): Promise<void> {
  shared.users -= 1;
  if (shared.users > 0) return;
  open.delete(folder.path);
  const closed = shared.environment.then(
    (environment) => environment.close(),
    // One that failed to open has closed what it had opened.
    () => undefined,
  );
  closing.set(folder.path, closed);
  await closed;
  if (closing.get(folder.path) === closed) closing.delete(folder.path);
}
