import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those above it that are missing, with this mode; answers whether it was
 * missing. Node's own `recursive` goes round for ever where a folder is there in which none can be
 * made and the system calls that `ENOENT`, as /proc on Linux does.
 * @throws the system's error, `EEXIST` for a file in its place
 */
export function makeFolder(path: string, mode = 0o777): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      return false;
    const above = dirname(resolve(path));
    if (code !== 'ENOENT' || path === '' || existsSync(above)) throw error;
    makeFolder(above, mode);
    // Another process may have been quicker.
    return makeFolder(path, mode);
  }
}
