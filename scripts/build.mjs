// Compiles the project into a folder of its own, and only when all of it compiled puts that in
// the place of `dist`: a failed build leaves the last good one, outputs of deleted sources do not
// survive, and two builds at the same moment do not mix. With --unless-built nothing is done where
// `dist` was made of these very sources; what somebody changed in it since is not seen.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { buildPage } from './page.mjs';
import { buildReport } from './report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stagePrefix = '.dist-';
// At the depth of `dist`, so that the relative paths in the source maps stay right.
const stage = join(root, stagePrefix + process.pid);
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const sourceFolders = ['core', 'adapters', 'server', 'cli', 'test', 'bench'];
const pageSources = join(root, 'adapters', 'page', sep);
const reportSources = join(root, 'cli', 'replay', 'report', sep);
const swapAttemptsMax = 20;
/** In `dist`: what it was made of. */
const stampName = '.built-from';

if (!existsSync(compiler)) {
  console.error('build: TypeScript is not installed. Run `npm ci` (without --omit=dev) first.');
  process.exit(1);
}
const stamp = hashOfSources();
if (process.argv.includes('--unless-built') && stampOf(dist) === stamp) process.exit(0);
removeAbandonedStages();
process.on('exit', () => rmSync(stage, { recursive: true, force: true }));
writeStageConfigs();
const steps = await Promise.allSettled([
  compile('-b', stage),
  // The page, and the client it uses, are checked with the browser's types; its bundler compiles it.
  compile('-p', join(root, 'adapters', 'page')),
  buildPage(join(stage, 'page')),
  buildReport(join(stage, relative(root, reportSources))),
]);
const failures = steps.flatMap(({ reason }) => reason ?? []);
for (const { message } of failures) console.error(`build: ${message}`);
if (failures.length > 0) process.exit(1);
await bundleFrameReader();
for (const folder of sourceFolders) copyAssets(join(root, folder));
removeStageConfigs();
writeFileSync(join(stage, stampName), stamp);
const main = join(stage, 'cli', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);
swapIntoPlace();

/** Of all that the outcome depends on: sources, configurations, scripts, and the packages' versions. */
function hashOfSources() {
  // An image is built without some of them.
  const folders = [...sourceFolders, 'scripts'].map((folder) => join(root, folder));
  const paths = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const others = ['package.json', 'package-lock.json', 'tsconfig.json'];
  const hash = createHash('sha256').update(process.version);
  for (const path of [...paths, ...others.map((name) => join(root, name))].toSorted())
    hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function stampOf(folder) {
  const path = join(folder, stampName);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** What is wrong is said by the compiler itself. */
async function compile(...args) {
  const child = spawn(process.execPath, [compiler, ...args], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the compiler ended with ${code}`);
}

/**
 * TypeBox is some seven hundred files: to load them one by one cost each start of a server 350 ms. What
 * checks frames becomes one file, without what of it is not used.
 */
async function bundleFrameReader() {
  const reader = join(stage, 'adapters', 'websocket', 'frame-reader.js');
  await bundle({
    entryPoints: [reader],
    outfile: reader,
    allowOverwrite: true,
    bundle: true,
    external: ['../../core/*'],
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}

/** The project's own configurations, with no difference but the output folder. */
function writeStageConfigs() {
  mkdirSync(stage);
  writeConfig('tsconfig.json', {
    extends: '../tsconfig.json',
    compilerOptions: { outDir: '.', incremental: false, tsBuildInfoFile: null },
    references: [{ path: './core.tsconfig.json' }],
  });
  writeConfig('core.tsconfig.json', {
    extends: '../core/tsconfig.json',
    compilerOptions: { outDir: './core', tsBuildInfoFile: './core.tsbuildinfo' },
  });
}

function writeConfig(name, config) {
  writeFileSync(join(stage, name), JSON.stringify(config));
}

function removeStageConfigs() {
  for (const name of ['tsconfig.json', 'core.tsconfig.json', 'core.tsbuildinfo']) {
    rmSync(join(stage, name), { force: true });
  }
}

/**
 * Lua scripts, schemas and fixtures: whatever lies beside the sources and is read at run time. Of
 * the page nothing is, nor the program of a report: they were bundled.
 */
function copyAssets(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.(ts|md)$|^tsconfig.*\.json$/.test(entry.name)) continue;
    const from = join(entry.parentPath, entry.name);
    if (from.startsWith(pageSources)) continue;
    if (from.startsWith(reportSources) && from.endsWith('.js')) continue;
    const to = join(stage, relative(root, from));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
}

/** Two renames; a build that finished in between makes the second fail, and it is tried again. */
function swapIntoPlace() {
  for (let attempt = 1; ; attempt++) {
    const old = join(root, `${stagePrefix}${process.pid}-old${attempt}`);
    try {
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(stage, dist);
      rmSync(old, { recursive: true, force: true });
      return;
    } catch (error) {
      rmSync(old, { recursive: true, force: true });
      const lostTheRace = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code);
      if (!lostTheRace || attempt === swapAttemptsMax) throw error;
    }
  }
}

/** Stages of builds that were killed: their process is gone. */
function removeAbandonedStages() {
  for (const name of readdirSync(root)) {
    const pid = new RegExp(`^\\${stagePrefix}(\\d+)`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
