// Finds a redis-server for the tests and benches, or makes one available without root.
//
//   node scripts/redis-server.mjs [--which redis7|redis8|valkey8]
//
// Its path is the last line on standard output; progress goes to standard error. In this order:
// the path in SECURECHAT_REDIS_SERVER; redis-server or valkey-server on the PATH; one unpacked
// earlier into .cache/redis; on Debian and Ubuntu, the distribution's package, unpacked there.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { distribution, unpackPackages, writeLauncher } from './debian-packages.mjs';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../.cache/redis/', import.meta.url));

/** The servers that can be asked for; `release` is the Debian release that has that version. */
export const servers = {
  redis7: { product: 'redis', major: 7, release: 'bookworm' },
  redis8: { product: 'redis', major: 8, release: 'trixie' },
  valkey8: { product: 'valkey', major: 8, release: 'trixie' },
};

const whatToInstall = `The tests run a real Redis, 7.0 or later (or Valkey), and none was found.
Install one so that redis-server or valkey-server is on the PATH, for example with
  Debian, Ubuntu  apt install redis-server      Fedora  dnf install valkey
  macOS           brew install redis            Alpine  apk add redis
or name the program's path in SECURECHAT_REDIS_SERVER.`;

/**
 * The path of a server that runs: Redis 7.0 or later or Valkey, or exactly the one asked for.
 * Safe to call from several processes at once.
 * @param {{ which?: keyof typeof servers, log?: (line: string) => void }} [wanted]
 * @returns {Promise<string>}
 * @throws {Error} whose message tells a person what to do
 */
export async function redisServer({ which, log = () => {} } = {}) {
  const named = process.env['SECURECHAT_REDIS_SERVER'];
  if (named) {
    const version = await serverVersion(named).catch((error) => {
      throw new Error(
        `SECURECHAT_REDIS_SERVER names ${named}, which does not run: ${error.message}`,
      );
    });
    if (suits(version, which)) return named;
    if (which === undefined) throw new Error(`SECURECHAT_REDIS_SERVER: ${tooOld(named, version)}`);
  }
  for (const program of ['redis-server', 'valkey-server'].flatMap(onPath)) {
    const version = await serverVersion(program).catch(() => undefined);
    if (version !== undefined && suits(version, which)) return program;
    log(version ? tooOld(program, version) : `${program} does not run`);
  }
  const names = which === undefined ? Object.keys(servers) : [which];
  const cached = names.map(cachedPath).find((path) => existsSync(path));
  return cached ?? (await unpackFirst(names, log));
}

/**
 * @param {string} path of a redis-server or valkey-server
 * @returns {Promise<{ product: string, major: number, text: string }>}
 * @throws {Error} when it does not run or does not say its version
 */
export async function serverVersion(path) {
  const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
  const said = /^(\w+) server v=((\d+)\.\S+)/i.exec(stdout);
  if (said === null) throw new Error(`it says "${stdout.trim().slice(0, 80)}" of its version`);
  return { product: said[1].toLowerCase(), major: Number(said[3]), text: said[2] };
}

function suits(version, which) {
  if (which === undefined) return version.major >= 7;
  return version.product === servers[which].product && version.major === servers[which].major;
}

function tooOld(program, version) {
  return `${program} is ${version.product} ${version.text}, which is not the version needed`;
}

function onPath(program) {
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program));
  return paths.filter(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function cachedPath(name) {
  return join(cache, name, `${servers[name].product}-server`);
}

async function unpackFirst(names, log) {
  const system = distribution();
  if (system === undefined) throw new Error(whatToInstall);
  // Debian's mirrors have every release; of Ubuntu, it is tried which one this release has.
  const candidates = system.id === 'debian' ? names.slice(0, 1) : names;
  const failures = [];
  for (const name of candidates) {
    try {
      return await unpack(name, log);
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
    }
  }
  throw new Error(`${failures.join('\n')}\n\n${whatToInstall}`);
}

/** Unpacks beside the cached copies and moves the finished folder there in one step. */
async function unpack(name, log) {
  const { product, release } = servers[name];
  const system = distribution();
  const source = system.id === 'debian' ? release : system.codename;
  log(`unpacking ${product}-tools of ${system.id} ${source} into .cache/redis/${name} ...`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.unpacking-'));
  try {
    const root = join(work, 'out', 'root');
    await mkdir(root, { recursive: true });
    await unpackPackages({ names: [`${product}-tools`], release: source, into: root, work });
    await writeLaunchers(join(work, 'out'), root, product);
    const version = await serverVersion(join(work, 'out', `${product}-server`));
    if (!suits(version, name)) throw new Error(tooOld(`the one of ${source}`, version));
    await rename(join(work, 'out'), join(cache, name)).catch((error) => {
      // Another process was quicker: its copy is as good.
      if (!existsSync(cachedPath(name))) throw error;
    });
    log(`${version.product} ${version.text} is ready`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return cachedPath(name);
}

/** The server is the program that checks its files, run under the server's name. */
async function writeLaunchers(folder, root, product) {
  const programs = { server: 'check-rdb', cli: 'cli', 'check-aof': 'check-rdb' };
  for (const [as, program] of Object.entries(programs)) {
    await writeLauncher({
      root,
      program: `usr/bin/${product}-${program}`,
      as: `${product}-${as}`,
      script: join(folder, `${product}-${as}`),
    });
  }
}

async function main() {
  const { values } = parseArgs({ options: { which: { type: 'string' } } });
  if (values.which !== undefined && !Object.hasOwn(servers, values.which)) {
    throw new Error(`--which is one of ${Object.keys(servers).join(', ')}`);
  }
  console.log(await redisServer({ which: values.which, log: (line) => console.error(line) }));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
