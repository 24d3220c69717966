import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { appendAnswerMsMax } from '../../core/event-store.ts';
import { draftsOf, replaceFile } from '../tls/whole-file.ts';
import type { DataKeys } from './data-keys.ts';
import { masterKeysIn, masterKeysText, newMasterKey } from './master-keys.ts';

const mode = 0o600;
/** A server that has read the old file may still be putting a key that the old one wraps. */
const settleMs = appendAnswerMsMax + 1_000;

/**
 * Replaces the master key in a file: a new one comes before it, all data keys are wrapped anew, and
 * the old one is removed and overwritten. Broken off at any place it can be begun again. Servers
 * that share the file need no word of it. What was wrapped by the old key, wherever it is still
 * kept, is then beyond anybody's reach.
 *
 * @returns how many keys were wrapped anew
 * @throws {UnusableMasterKey} @throws {StoreUnreachable}
 */
export async function replaceMasterKey(keys: DataKeys, file: string): Promise<number> {
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
  const file = await open(path, 'r+');
  try {
    await overwrite(file);
  } finally {
    await file.close();
  }
  await rm(path);
}

async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.sync();
}
