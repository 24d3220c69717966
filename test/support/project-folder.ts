import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where package.json is. This file runs compiled, a level deeper than it stands. */
export function projectFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
