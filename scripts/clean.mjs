// Removes what a build makes; installed packages, data and certificates stay.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const name of readdirSync(root)) {
  if (name === 'dist' || name === '.tap' || name.startsWith('.dist-')) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
}
