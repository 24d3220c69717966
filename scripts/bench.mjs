// Runs a benchmark by its name: `npm run bench fan-out`. Without a name, lists them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/bench', import.meta.url));
const ending = '.bench.js';
const [name, ...rest] = process.argv.slice(2);
const program = join(folder, `${name}${ending}`);
if (name === undefined || !existsSync(program)) {
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  const names = files.map((file) => file.slice(0, -ending.length));
  console.error(`Usage: npm run bench <name> [options]\nThere are: ${names.join(', ')}`);
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [program, ...rest], { stdio: 'inherit' }).status ?? 1);
