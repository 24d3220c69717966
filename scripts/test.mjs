// Everything that can be checked, in one go:
//
//   node scripts/test.mjs [test | quick | full] [part of a test file's path ...]
//
// test: build (which checks the types), lint, format, every test, with reduced counts.
// full: the same with the counts asked for. quick: only the tests that start no other process.
// The last line is `N passed, N failed`: tests, and among the failed also steps and counts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from './table.mjs';
import { countRows } from './test-counts.mjs';
import { runTests, testEnvironment } from './test-run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tiers = ['quick', 'test', 'full'];
const quickFiles =
  /^test\/(architecture|counts|core\/|adapters\/(memory|line|websocket-client|page\/state)\b|simulation\/)/;
/** A clone of its own is installed and used: a minute that only the whole of it has. */
const fullFiles = /^test\/docs\/two-commands\b/;
const fileTimeoutSeconds = { quick: 60, test: 600, full: 3_000 };
/** Begun before the others, so that none of them is alone at the end. */
const longest = [
  'test/adapters/page/browser.test.js',
  'test/docker/composed.test.js',
  'test/cluster/under-process-faults.test.js',
  'test/cluster/under-client-faults.test.js',
  'test/cluster/under-network-faults.test.js',
  'test/cluster/erasure.test.js',
  'test/server/server.test.js',
  'test/cli/user.test.js',
  'test/cluster/redis-outage.test.js',
  'test/cluster/lost-server.test.js',
  'test/cluster/web-page.test.js',
  'test/cluster/graceful-stop.test.js',
  'test/cluster/one-session.test.js',
  'test/cluster/stopped-start.test.js',
  'test/cli/start-failure.test.js',
  'test/cluster/resumed-sessions.test.js',
  'test/cli/audit.test.js',
  'test/cluster/replayed-states.test.js',
  'test/server/web/web.test.js',
  'test/cluster/trimmed-log.test.js',
  'test/docs/verify-example.test.js',
];
/** So many are named at the end, with their seconds: where time is to be saved. */
const slowestShown = 8;

// Ended from outside, it still ends what it started, on its way out.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

let passed = 0;
let failed = 0;
const [first, ...others] = process.argv.slice(2);
const tier = tiers.includes(first) ? first : 'test';
const wanted = first === undefined || tiers.includes(first) ? others : [first, ...others];

if (!step('build and types', 'scripts/build.mjs', '--unless-built')) finish();
const files = testFiles();
if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(' ')}.`);
  failed++;
  finish();
}
const checks = [
  check('lint', bin('oxlint', 'bin/oxlint')),
  check('format', bin('oxfmt', 'bin/oxfmt'), '--check'),
];
const scratch = mkdtempSync(join(tmpdir(), 'securechat-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const reports = join(scratch, 'counts.jsonl');
const env = { ...testEnvironment(tier), SECURECHAT_TEST_COUNTS: reports };
if (tier !== 'quick') env.SECURECHAT_REDIS_SERVER = provided('redis-server');
// Whoever runs only some may need none; then a test that does looks for it itself.
if (tier !== 'quick' && wanted.length === 0) env.SECURECHAT_CHROMIUM = provided('chromium');
const totals = await runTests(files, {
  env,
  fileTimeoutSeconds: fileTimeoutSeconds[tier],
});
passed += totals.passed;
failed += totals.failed;
await Promise.all(checks);
if (tier !== 'quick') await checkCounts();
if (wanted.length === 0) showSlowest(totals.seconds);
finish();

/** A program of this project or of its tools; what it says is shown. */
function step(name, program, ...args) {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return judge(name, startedAt, status);
}

/** The same beside the tests, which wait half of their time; what it says is shown at its end. */
async function check(name, program, ...args) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'pipe' });
  const end = () => child.kill();
  process.once('exit', end);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
  const status = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  process.off('exit', end);
  process.stdout.write(Buffer.concat(said));
  judge(name, startedAt, status);
}

function judge(name, startedAt, status) {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed++;
  return status === 0;
}

function bin(tool, path) {
  return join(root, 'node_modules', tool, path);
}

function testFiles() {
  return readdirSync(join(root, 'dist', 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((name) => name.endsWith('.test.js'))
    .filter((name) => tier !== 'quick' || quickFiles.test(name))
    .filter((name) => tier === 'full' || wanted.length > 0 || !isOnlyInFull(name))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(stem(part))))
    .toSorted()
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map((name) => join('dist', name));
}

function isOnlyInFull(name) {
  if (tier === 'test' && fullFiles.test(name)) console.log(`in test:full only: ${name}`);
  return fullFiles.test(name);
}

function placeOf(name) {
  const place = longest.indexOf(name);
  return place === -1 ? longest.length : place;
}

/** Files may be named as sources or as what was compiled from them. */
function stem(part) {
  return part.replace(/^(\.\/)?dist\//, '').replace(/\.[jt]s$/, '');
}

/**
 * The path of a program that tests run: found, or made available. Without it nothing is skipped in
 * silence: the run ends here, and says what to install.
 */
function provided(program) {
  const { status, stdout } = spawnSync(process.execPath, [`scripts/${program}.mjs`], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const path = stdout.trimEnd().split('\n').at(-1);
  if (status === 0 && path && existsSync(path)) return path;
  console.log(`FAILED to find or make available a ${program}`);
  failed++;
  return finish();
}

async function checkCounts() {
  const all = await countRows({ compiled: join(root, 'dist/test/counts.js'), reports, tier });
  // Of some files asked for by name, only what they count.
  const rows = wanted.length === 0 ? all : all.filter(({ run }) => run !== 'never');
  if (rows.length === 0) return;
  failed += rows.filter(({ result }) => result !== 'ok').length;
  console.log();
  printTable(['test', 'asked', 'run', 'result'], rows);
  console.log();
}

function showSlowest(seconds) {
  const rows = [...seconds]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, slowestShown)
    .map(([slowest, took]) => ({ slowest, seconds: took.toFixed(1) }));
  printTable(['slowest', 'seconds'], rows);
  console.log();
}

function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
