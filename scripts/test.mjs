// Everything that can be checked, in one go:
//
//   node scripts/test.mjs [test | quick | full] [part of a test file's path ...]
//
// test: build (which checks the types), lint, format, every test, with reduced counts.
// full: the same with the counts asked for. quick: only the tests that start no other process.
// The last line is `N passed, N failed`: tests, and among the failed also steps and counts.
import { spawnSync } from 'node:child_process';
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
const fileTimeoutSeconds = { quick: 60, test: 600, full: 3_000 };

// Ended from outside, it still ends what it started, on its way out.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

let passed = 0;
let failed = 0;
const [first, ...others] = process.argv.slice(2);
const tier = tiers.includes(first) ? first : 'test';
const wanted = first === undefined || tiers.includes(first) ? others : [first, ...others];

if (!step('build and types', 'scripts/build.mjs')) finish();
step('lint', bin('oxlint', 'bin/oxlint'));
step('format', bin('oxfmt', 'bin/oxfmt'), '--check');
const files = testFiles();
if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(' ')}.`);
  failed++;
  finish();
}
const scratch = mkdtempSync(join(tmpdir(), 'securechat-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const reports = join(scratch, 'counts.jsonl');
const env = { ...testEnvironment(tier), SECURECHAT_TEST_COUNTS: reports };
if (tier !== 'quick') env.SECURECHAT_REDIS_SERVER = redisServer();
const totals = await runTests(files, {
  env,
  fileTimeoutSeconds: fileTimeoutSeconds[tier],
});
passed += totals.passed;
failed += totals.failed;
if (tier !== 'quick' && wanted.length === 0) await checkCounts();
finish();

/** A program of this project or of its tools; what it says is shown. */
function step(name, program, ...args) {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
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
    .filter((name) => wanted.length > 0 || !isByName(name))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(stem(part))))
    .toSorted()
    .map((name) => join('dist', name));
}

/** The page in a browser is looked at when it is asked for by its name; that is told. */
function isByName(name) {
  const isBrowser = name.endsWith(join('page', 'browser.test.js'));
  if (isBrowser && tier !== 'quick') console.log(`by name only: ${stem(name)}`);
  return isBrowser;
}

/** Files may be named as sources or as what was compiled from them. */
function stem(part) {
  return part.replace(/^(\.\/)?dist\//, '').replace(/\.[jt]s$/, '');
}

/** Without a Redis nothing is skipped in silence: the run ends here, and says what to install. */
function redisServer() {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/redis-server.mjs'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const path = stdout.trimEnd().split('\n').at(-1);
  if (status === 0 && path && existsSync(path)) return path;
  console.log('FAILED to find or make available a redis-server');
  failed++;
  return finish();
}

async function checkCounts() {
  const rows = await countRows({ compiled: join(root, 'dist/test/counts.js'), reports, tier });
  failed += rows.filter(({ result }) => result !== 'ok').length;
  console.log();
  printTable(['test', 'asked', 'run', 'result'], rows);
  console.log();
}

function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
