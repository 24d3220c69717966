// Builds and tests on another Node than the one that runs this, which stays the system's:
//
//   node scripts/test-node.mjs [version]
//
// The version is what the registry's package `node` understands; without one, it is the major
// version of the Dockerfile. It is fetched into .cache/node. What runs is the quick suite, and then
// a server with clients at terminals and in pipes.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = [['quick'], ['test/cli/serve.test', 'test/cli/connect-serve', 'test/docs/readme']];

const [version = dockerfileVersion()] = process.argv.slice(2);
const node = fetched(version);
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
const statuses = runs.map((run) => {
  const name = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\nNode ${name.slice(1)}: ${run.join(' ')}`);
  const test = [join('scripts', 'test.mjs'), ...run];
  return spawnSync(node, test, { cwd: root, env, stdio: 'inherit' }).status;
});
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1;

function dockerfileVersion() {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const major = /^FROM node:(\d+)/m.exec(text)?.[1];
  if (major === undefined) throw new Error('The Dockerfile names no version of Node.');
  return major;
}

/** The path of that Node, which is fetched unless it was before. */
function fetched(asked) {
  const folder = join(root, '.cache', 'node', asked);
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Its install script fetches the package of this system that has the program.
  const install = ['install', '--prefix', folder, '--no-save', '--loglevel=error'];
  const { status } = spawnSync('npm', [...install, `node@${asked}`], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (status !== 0 || !existsSync(program)) {
    console.error(`Node ${asked} cannot be had from npm's registry: is it reachable?`);
    process.exit(1);
  }
  return program;
}
