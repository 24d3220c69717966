// Finds a Chromium for the tests of the page, or makes one available without root.
//
//   node scripts/chromium.mjs
//
// Its path is the last line on standard output; progress goes to standard error. In this order:
// the path in SECURECHAT_CHROMIUM; Chromium or Chrome on the PATH, or where macOS keeps them; one
// unpacked earlier into .cache/chromium; on Debian, the distribution's package, unpacked there.
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { distribution, unpackPackages } from './debian-packages.mjs';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
const cached = join(cache, 'chromium', 'chromium');
/** The page's styles need no older one. */
const majorMin = 123;

const programs = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  cached,
];

const whatToInstall = `The tests of the page run it in Chromium or Chrome, ${majorMin} or later, and none was found.
Install one so that it is on the PATH, for example with
  Debian   apt install chromium         Fedora  dnf install chromium
  macOS    brew install --cask chromium  Alpine  apk add chromium
or name the program's path in SECURECHAT_CHROMIUM.`;

/**
 * The path of a Chromium that runs. Safe to call from several processes at once.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {Error} whose message tells a person what to do
 */
export async function chromium({ log = () => {} } = {}) {
  const named = process.env['SECURECHAT_CHROMIUM'];
  if (named) {
    const path = await suitable(named);
    if (path !== undefined) return path;
    throw new Error(
      `SECURECHAT_CHROMIUM names ${named}, which is no Chromium ${majorMin} or later that runs.`,
    );
  }
  for (const program of programs) {
    const path = await suitable(program);
    if (path !== undefined) return path;
  }
  const system = distribution();
  if (system?.id !== 'debian') throw new Error(whatToInstall);
  try {
    return await unpack(system, log);
  } catch (error) {
    throw new Error(`${error.message}\n\n${whatToInstall}`, { cause: error });
  }
}

/** The path of the program, if it is a Chromium that is new enough. */
async function suitable(program) {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 30_000 });
    const [, major] = /(?:Chromium|Chrome)\D* (\d+)\./.exec(stdout) ?? [];
    if (!(Number(major) >= majorMin)) return undefined;
    if (program.includes('/')) return program;
    const found = await run('sh', ['-c', 'command -v "$1"', 'sh', program]);
    return found.stdout.trimEnd();
  } catch {
    // It is not there, or does not run here: another may.
    return undefined;
  }
}

/** Unpacks beside the cached copy and moves the finished folder there in one step. */
async function unpack({ id, codename }, log) {
  log(`unpacking chromium of ${id} ${codename} into .cache/chromium ...`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, '.unpacking-'));
  try {
    const out = join(work, 'out');
    const root = join(out, 'root');
    await mkdir(root, { recursive: true });
    await unpackPackages({
      names: ['chromium', 'chromium-common', 'fonts-dejavu-core'],
      release: codename,
      into: root,
      work,
      // Chromium starts itself again for each tab, so it must be started as it is: by the system's
      // loader, with the system's C library.
      without: ['libc6'],
      unused: ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'etc', 'var'],
    });
    await writeFile(join(out, 'fonts.conf'), fonts);
    await writeFile(join(out, 'chromium'), launcher);
    await chmod(join(out, 'chromium'), 0o755);
    if ((await suitable(join(out, 'chromium'))) === undefined)
      throw new Error('the unpacked chromium does not run, or is too old');
    await rename(out, join(cache, 'chromium')).catch((error) => {
      // Another process was quicker: its copy is as good.
      if (!existsSync(cached)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return cached;
}

const launcher = `#!/bin/sh
# Runs the unpacked program with the libraries and fonts beside it.
here=$(dirname "$(readlink -f "$0")")
for folder in "$here"/root/usr/lib/*-linux-* "$here"/root/usr/lib/*-linux-*/pulseaudio \\
  "$here"/root/lib/*-linux-*; do
  LD_LIBRARY_PATH="$folder:\${LD_LIBRARY_PATH:-}"
done
export LD_LIBRARY_PATH
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/root/usr/lib/chromium/chromium" "$@"
`;

const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(await chromium({ log: (line) => console.error(line) }));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
