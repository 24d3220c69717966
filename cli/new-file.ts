import { open, rm, writeFile } from 'node:fs/promises';

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

/** Whether a new file can be made there: better known now than after all was read. @throws {PlainFailure} */
export async function checkNewFile(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', fileMode)).close();
    await rm(path);
  } catch (error) {
    throw notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): PlainFailure {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
    return new PlainFailure(`${path} is there already: name another file.`);
  return new PlainFailure(`${path} cannot be written (${reasonOf(error)}).`);
}
