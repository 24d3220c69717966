import { accessSync, constants } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Of all that a machine may have on its path: no compiler, no make, no Python. */
const programs = ['node', 'npm', 'sh', 'mkdir'];

/** Makes a folder that stands for the path of an image with Node and nothing else. */
export async function makeBarePath(folder: string): Promise<string> {
  await mkdir(folder);
  for (const name of programs) await symlink(whereIs(name), join(folder, name));
  return folder;
}

function whereIs(name: string): string {
  if (name === 'node') return process.execPath;
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
  if (found === undefined) throw new Error(`There is no ${name} on the PATH.`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
