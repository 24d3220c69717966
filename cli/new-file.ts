import { writeFile } from 'node:fs/promises';

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
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new PlainFailure(`${path} is there already: name another file.`);
    throw new PlainFailure(`${path} cannot be written (${reasonOf(error)}).`);
  }
}
