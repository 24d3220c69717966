import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import lockfile from 'proper-lockfile';

import { appendAnswerMsMax } from '../../core/event-store.ts';
import { draftsOf, replaceFile } from '../tls/whole-file.ts';
import type { DataKeys } from './data-keys.ts';
import { masterKeysIn, masterKeysText, newMasterKey, UnusableMasterKey } from './master-keys.ts';

const mode = 0o600;
/** A server that has read the old file may still be putting a key that the old one wraps. */
const settleMs = appendAnswerMsMax + 1_000;

/** A lock that was not touched for so long is of somebody who was killed… */
const lockStaleMs = 5_000;
/** …and one that is touched may be held for some seconds by each of several who wait. */
const lockWaits = { forever: false, retries: 60, factor: 1, minTimeout: 500, maxTimeout: 500 };

/**
 * Replaces the master key in a file: a new one comes before it, all data keys are wrapped anew, and
 * the old one is removed and overwritten. Broken off at any place it can be begun again. Servers
 * that share the file need no word of it. Of two who replace it one waits for the other, half a minute
 * at most: else one would write over the key by which the other has just wrapped all others. What was wrapped by the old key, wherever it is still
 * kept, is then beyond anybody's reach.
 *
 * @returns how many keys were wrapped anew
 * @throws {UnusableMasterKey} also when somebody else is at it for long @throws {StoreUnreachable}
 */
export async function replaceMasterKey(keys: DataKeys, file: string): Promise<number> {
  const unlock = await locked(file);
  try {
    return await replace(keys, file);
  } finally {
    await unlock();
  }
}

async function locked(file: string): Promise<() => Promise<void>> {
  try {
    return await lockfile.lock(file, { stale: lockStaleMs, retries: lockWaits });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    throw new UnusableMasterKey(
      `The master key in ${file} is being replaced by somebody else. Try again when that is done.`,
    );
  }
}

async function replace(keys: DataKeys, file: string): Promise<number> {
  const before = masterKeysIn(file).read();
  // One that was killed may have left the old key in a file of another name.
  for (const draft of await draftsOf(file)) await wipe(draft);
  const next = newMasterKey();
  await replaceFile(file, masterKeysText([next, ...before]), mode);
  let rewrapped = await keys.rewrap();
  await sleep(settleMs);
  rewrapped += await keys.rewrap();
  const old = await open(file, 'r+');
  try {
    await replaceFile(file, masterKeysText([next]), mode);
    await overwrite(old);
  } finally {
    await old.close();
  }
  return rewrapped;
}

async function wipe(path: string): Promise<void> {
  const file = await openIfThere(path);
  // It was of somebody who lives, and has removed it.
  if (file === undefined) return;
  try {
    await overwrite(file);
  } finally {
    await file.close();
  }
  await rm(path, { force: true });
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.sync();
}
