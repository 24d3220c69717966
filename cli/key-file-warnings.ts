import { statSync } from 'node:fs';
import { platform } from 'node:process';
import { ownKeyFile } from './audit-options.ts';
import type { ServeOptions } from './serve-options.ts';

const othersMask = 0o007;
const permissionMask = 0o777;

/** A sentence for each file of a secret key that every user of this machine may read or write. */
export function keyFileWarnings({
  checkpoints: { keyFile },
  store,
}: Pick<ServeOptions, 'checkpoints' | 'store'>): readonly string[] {
  const master = store.sealing?.master;
  const own = store.kind === 'embedded' ? ownKeyFile(store.dir) : undefined;
  const files = [
    master !== undefined && 'file' in master ? master.file : undefined,
    keyFile ?? own,
  ];
  return files.flatMap((file) => (file === undefined ? [] : warningOf(file)));
}

function warningOf(file: string): readonly string[] {
  // Windows keeps no such mode.
  if (platform === 'win32') return [];
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & othersMask) === 0) return [];
  const shown = (mode & permissionMask).toString(8);
  return [
    `${file} holds a secret key, and is open to every user of this machine (its mode is ${shown}): run chmod 600 ${file}.`,
  ];
}
