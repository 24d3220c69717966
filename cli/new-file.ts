import { access, constants, lstat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { replaceFile } from '../adapters/tls/whole-file.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { PlainFailure } from './plain-failure.ts';

/** Only its reader's business. */
const fileMode = 0o600;

/**
 * Writes a file that only its owner may read. One that is there is written over only if that is said.
 * @throws {PlainFailure}
 */
export async function writeNewFile(
  path: string,
  content: string,
  { overwrite = false } = {},
): Promise<void> {
  try {
    if (overwrite) await replaceFile(path, content, fileMode);
    else await writeFile(path, content, { mode: fileMode, flag: 'wx' });
  } catch (error) {
    throw notWritten(path, error);
  }
}

/**
 * Whether a new file can be made there: better known now than after all was read. It is not made to
 * see: whoever is killed then would leave an empty one. @throws {PlainFailure}
 */
export async function checkNewFile(path: string): Promise<void> {
  if (await isThere(path)) throw isTaken(path);
  try {
    await access(`${dirname(path)}/`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritten(path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw notWritten(path, error);
  }
}

const isTaken = (path: string): PlainFailure =>
  new PlainFailure(`${path} is there already: name another file.`);

function notWritten(path: string, error: unknown): PlainFailure {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return isTaken(path);
  return new PlainFailure(`${path} cannot be written (${reasonOf(error)}).`);
}
