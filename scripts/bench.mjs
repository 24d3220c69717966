// Runs a benchmark by its name: `npm run bench fan-out`. Without a name, lists them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...rest] = process.argv.slice(2);
const program = `${root}dist/bench/${name}.js`;
if (name === undefined || !existsSync(program)) {
  const names = readdirSync(`${root}dist/bench`)
    .filter((file) => /^bench-.*\.js$|^[a-z-]+\.bench\.js$/.test(file))
    .map((file) => file.replace(/\.js$/, ''));
  console.error(`Usage: npm run bench <name>\nThere are: ${names.join(', ')}`);
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [program, ...rest], { stdio: 'inherit' }).status ?? 1);
