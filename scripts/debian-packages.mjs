// Unpacks a program of Debian or Ubuntu, with the libraries it needs, into a folder. Needs no root
// and changes nothing of the system: apt works on sources, lists and a cache of its own, from the
// mirror that the system is configured for, and checks signatures against the system's keyrings.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const commandTimeoutMs = 300_000;
const outputBytesMax = 64 * 1024 * 1024;

/** Names of suites that stand for the release itself, where sources do not say its codename. */
const debianAliases = ['stable', 'oldstable', 'testing', 'unstable', 'sid'];
/** What a server links against; its other dependencies (adduser and the like) only install it. */
const libraryPackage = /^(lib|lua-|zlib)/;
/** The dynamic loader, by the names that the architectures of Debian give it. */
const loaderFile = /^ld(-linux.*|64)\.so\.\d+$/;

/**
 * The distribution this system is, as far as its packages are concerned.
 * @returns {{ id: 'debian' | 'ubuntu', codename: string } | undefined} undefined where there is no apt
 */
export function distribution() {
  if (!existsSync('/etc/os-release') || !existsSync('/usr/bin/apt-get')) return undefined;
  const text = readFileSync('/etc/os-release', 'utf8');
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const family = `${field('ID')} ${field('ID_LIKE')}`.split(' ');
  const id = ['ubuntu', 'debian'].find((known) => family.includes(known));
  if (id === undefined) return undefined;
  const codename =
    field('UBUNTU_CODENAME') || field('DEBIAN_CODENAME') || field('VERSION_CODENAME');
  return { id, codename };
}

/** What a program does not need to run: documentation, translations, how the system would set it up. */
const installationOnly = ['usr/share', 'etc', 'var'];

/**
 * Downloads packages and their libraries, the C library included, and unpacks them below `into`.
 * @param {{ names: string[], release: string, into: string, work: string, without?: string[],
 *   unused?: string[] }} wanted `release` is a codename; `work` an empty folder for apt, which the
 *   caller removes; `without` names packages that are left out; `unused` folders of the packages
 *   that are removed again
 * @throws {Error} when the system names no mirror, or the mirror has no such package
 */
export async function unpackPackages(wanted) {
  const { names, release, into, work, without = [], unused = installationOnly } = wanted;
  const system = distribution();
  if (system === undefined) throw new Error('this system has no apt-get');
  const config = await prepareApt(work, system);
  await writeSources(work, config, system, release);
  const update = await run('apt-get', ['-c', config, 'update'], options(work)).catch(
    (error) => error,
  );
  try {
    const packages = await closure(config, names, without, work);
    const debs = join(work, 'debs');
    await mkdir(debs);
    await run('apt-get', ['-c', config, 'download', ...packages], options(debs));
    for (const deb of await readdir(debs)) await run('dpkg-deb', ['-x', join(debs, deb), into]);
  } catch (error) {
    const said = [error, update].map((one) => String(one.stderr || one.message || '').trim());
    const message = `no package ${names.join(', ')} of ${release} from the system's mirror`;
    throw new Error(`${message}:\n${said.join('\n')}`, { cause: error });
  }
  for (const folder of unused) await rm(join(into, folder), { recursive: true, force: true });
}

/**
 * Writes a shell script that runs a program unpacked below `root` with the libraries beside it,
 * under the name `as`; the process that was started becomes the program, so its pid is the
 * program's. Script and root can be moved together.
 * @param {{ root: string, program: string, as: string, script: string }} launcher
 */
export async function writeLauncher({ root, program, as, script }) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const loader = entries.find((entry) => entry.isFile() && loaderFile.test(entry.name));
  if (loader === undefined) throw new Error(`no dynamic loader below ${root}`);
  const folder = loader.parentPath;
  const triplet = basename(folder);
  const here = (path) => `"$here/${relative(dirname(script), path)}"`;
  const libraries = [`usr/lib/${triplet}`, `lib/${triplet}`]
    .map((path) => join(root, path))
    .filter((path) => existsSync(path));
  const lines = [
    '#!/bin/sh',
    '# Runs the unpacked program with the C library and the libraries of its own release.',
    'here=$(dirname "$(readlink -f "$0")")',
    `exec ${here(join(folder, loader.name))} --library-path ${libraries.map(here).join(':')} \\`,
    `  --argv0 ${as} ${here(join(root, program))} "$@"`,
  ];
  await writeFile(script, `${lines.join('\n')}\n`);
  await chmod(script, 0o755);
}

/** Folders for apt, and a configuration read after the system's, so that proxies stay known. */
async function prepareApt(work, system) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(work, folder), { recursive: true });
  }
  // Nothing counts as installed: what is unpacked must be whole without the system's libraries.
  await writeFile(join(work, 'status'), '');
  // Packages of the same name from other vendors' sources are not what was asked for.
  const vendor = system.id === 'debian' ? 'Debian' : 'Ubuntu';
  const pin = `Package: *\nPin: release o=${vendor}\nPin-Priority: 990\n`;
  await writeFile(join(work, 'preferences'), pin);
  const config = join(work, 'apt.conf');
  const lines = [
    `Dir::State "${work}/state";`,
    `Dir::State::status "${work}/status";`,
    `Dir::Cache "${work}/cache";`,
    'Dir::Cache::pkgcache "pkgcache.bin";',
    `Dir::Etc::preferences "${work}/preferences";`,
    'Dir::Etc::preferencesparts "/dev/null";',
    // As root, apt would drop to a user who cannot write here.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    // Hooks act on the system.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  return config;
}

/** Sources for the release, at the mirrors from which the system takes its own release. */
async function writeSources(work, config, system, release) {
  const args = ['-c', config, 'update', '--print-uris'];
  const { stdout } = await run('apt-get', args, options(work));
  const aliases = system.id === 'debian' ? debianAliases : [];
  const own = new RegExp(`^(?:${[system.codename, ...aliases].join('|')})(-updates|-security)?$`);
  const found = new Set();
  for (const [, uri, suite] of stdout.matchAll(/^'(.+)\/dists\/([^/]+)\/InRelease'/gm)) {
    const pocket = own.exec(suite);
    if (pocket !== null) found.add(`URIs: ${uri}\nSuites: ${release}${pocket[1] ?? ''}`);
  }
  if (found.size === 0) throw new Error(`the system names no mirror for ${system.codename}`);
  const keyring = ['gpg', 'pgp']
    .map((ending) => `/usr/share/keyrings/${system.id}-archive-keyring.${ending}`)
    .find((path) => existsSync(path));
  const rest = [
    `Components: main${system.id === 'ubuntu' ? ' universe' : ''}`,
    ...(keyring === undefined ? [] : [`Signed-By: ${keyring}`]),
  ];
  const stanzas = [...found].map((stanza) => ['Types: deb', stanza, ...rest].join('\n'));
  await writeFile(join(work, 'release.sources'), `${stanzas.join('\n\n')}\n`);
  const dirs = [
    `Dir::Etc::sourcelist "${work}/release.sources";`,
    'Dir::Etc::sourceparts "/dev/null";',
  ];
  await writeFile(config, `${readFileSync(config, 'utf8')}${dirs.join('\n')}\n`);
}

/** The packages and every library that they, or one of those, depend on. */
async function closure(config, names, without, work) {
  const no = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const args = [
    '-c',
    config,
    'depends',
    '--recurse',
    ...no.map((kind) => `--no-${kind}`),
    ...names,
  ];
  const { stdout } = await run('apt-cache', args, options(work));
  const dependencies = new Map();
  let current = [];
  for (const line of stdout.split('\n')) {
    const dependency = /^ [ |](?:Pre)?Depends: ([^<>\s]+)$/.exec(line)?.[1];
    if (dependency !== undefined) current.push(dependency);
    else if (/^\S/.test(line)) dependencies.set(line.trim(), (current = []));
  }
  const wanted = new Set(names);
  for (const one of wanted) {
    for (const needed of dependencies.get(one) ?? []) {
      if (libraryPackage.test(needed) && !without.includes(needed)) wanted.add(needed);
    }
  }
  return [...wanted];
}

function options(cwd) {
  const env = { ...process.env, LC_ALL: 'C' };
  return { cwd, env, timeout: commandTimeoutMs, maxBuffer: outputBytesMax };
}
