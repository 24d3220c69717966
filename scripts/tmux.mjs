// Finds a tmux for the tests of the terminal client, or makes one available without root.
//
//   node scripts/tmux.mjs
//
// Its path is the last line on standard output; progress goes to standard error. In this order:
// the path in SECURECHAT_TMUX; tmux on the PATH; one unpacked earlier into .cache/tmux; on Debian
// and Ubuntu, the distribution's package, unpacked there.
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { distribution, unpackPackages, writeLauncher } from './debian-packages.mjs';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
const cached = join(cache, 'tmux', 'tmux');

const whatToInstall = `The tests of the terminal client run it in tmux, 3.2 or later, and none was found.
Install it so that it is on the PATH, for example with
  Debian, Ubuntu  apt install tmux      Fedora  dnf install tmux
  macOS           brew install tmux     Alpine  apk add tmux
or name the program's path in SECURECHAT_TMUX.`;

/**
 * The path of a tmux that runs. Safe to call from several processes at once.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {Error} whose message tells a person what to do
 */
export async function tmux({ log = () => {} } = {}) {
  const named = process.env['SECURECHAT_TMUX'];
  if (named) {
    if (await suits(named)) return named;
    throw new Error(`SECURECHAT_TMUX names ${named}, which is no tmux 3.2 or later that runs.`);
  }
  for (const found of ['tmux', cached]) if (await suits(found)) return found;
  const system = distribution();
  if (system === undefined) throw new Error(whatToInstall);
  try {
    return await unpack(system, log);
  } catch (error) {
    throw new Error(`${error.message}\n\n${whatToInstall}`, { cause: error });
  }
}

async function suits(program) {
  try {
    const { stdout } = await run(program, ['-V'], { timeout: 10_000 });
    const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 2);
  } catch {
    // It is not there, or does not run here: another may.
    return false;
  }
}

/** Unpacks beside the cached copy and moves the finished folder there in one step. */
async function unpack({ id, codename }, log) {
  log(`unpacking tmux of ${id} ${codename} into .cache/tmux ...`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.unpacking-'));
  try {
    const root = join(work, 'out', 'root');
    await mkdir(root, { recursive: true });
    await unpackPackages({ names: ['tmux'], release: codename, into: root, work });
    const script = join(work, 'out', 'tmux');
    await writeLauncher({ root, program: 'usr/bin/tmux', as: 'tmux', script });
    if (!(await suits(script))) throw new Error('the unpacked tmux does not run, or is too old');
    await rename(join(work, 'out'), join(cache, 'tmux')).catch((error) => {
      // Another process was quicker: its copy is as good.
      if (!existsSync(cached)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return cached;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(await tmux({ log: (line) => console.error(line) }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
