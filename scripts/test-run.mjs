// Runs compiled test files, each as the program it is: `node dist/test/some.test.js`. tap's own
// runner would hook itself into every process that a test starts, servers under test included.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Parser } from 'tap-parser';
import { inSources } from './source-places.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** More than twice the cores of the smallest machine: of what files take, they wait for more than half. */
const jobs = 5;
/** What a file gets, beyond its time, to say what it was waiting for. */
const graceMs = 10_000;
const stderrBytesMax = 64 * 1_024;

/**
 * Runs test files, some at a time, and prints a line for each as it ends, with its failures.
 * What is counted are the tests that a file declares at its top; a file that dies outside of them
 * is one failure more. Skipped and unfinished (todo) tests are failures.
 * @param {readonly string[]} files paths from the project's folder
 * @param {{ env: NodeJS.ProcessEnv, fileTimeoutSeconds: number }} options
 * @returns {Promise<{ passed: number, failed: number, seconds: ReadonlyMap<string, number> }>} with
 *   the seconds that each file took, by its source
 */
export async function runTests(files, options) {
  const totals = { passed: 0, failed: 0, seconds: new Map() };
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await runFile(file, options);
      print(sourceOf(file), outcome);
      totals.passed += outcome.passed;
      totals.failed += outcome.failed;
      totals.seconds.set(sourceOf(file), outcome.seconds);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return totals;
}

/**
 * The environment for tests of a tier. What the caller configured for a server of their own must
 * not reach the ones under test.
 */
export function testEnvironment(tier) {
  const foreign = /^(REDIS_URL$|SECURECHAT_(?!REDIS_SERVER$|CHROMIUM$))/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), SECURECHAT_TEST_TIER: tier };
}

async function runFile(file, { env, fileTimeoutSeconds }) {
  const startedAt = performance.now();
  const outcome = { passed: 0, failed: 0, failures: [], seconds: 0, stderr: '' };
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: {
      ...env,
      TAP_TIMEOUT: String(fileTimeoutSeconds),
      TAP_FAIL_SKIP: '1',
      TAP_FAIL_TODO: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: whatever the file leaves behind ends with it.
    detached: true,
  });
  const endGroup = () => killGroup(child.pid);
  process.once('exit', endGroup);
  const deadline = setTimeout(endGroup, fileTimeoutSeconds * 1_000 + graceMs);
  const parser = new Parser();
  parser.on('assert', ({ ok }) => (ok ? outcome.passed++ : outcome.failed++));
  collectFailures(parser, [], outcome.failures);
  child.stdout.pipe(parser);
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    outcome.stderr = (outcome.stderr + chunk).slice(-stderrBytesMax);
  });
  child.once('exit', endGroup);
  const [code, signal] = await new Promise((resolve) => {
    child.once('close', (...how) => resolve(how));
  });
  clearTimeout(deadline);
  process.off('exit', endGroup);
  if (outcome.failed === 0 && (code !== 0 || !parser.ok || outcome.passed === 0)) {
    outcome.failed++;
    const end = signal === null ? `exit code ${code}` : signal;
    outcome.failures.push({ path: [`ended outside of its tests with ${end}`], diag: {} });
  }
  outcome.seconds = (performance.now() - startedAt) / 1_000;
  return outcome;
}

function killGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // Nobody is left in it, which is how it should be.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

/** The assertions that failed, not the tests that fail because of them. */
function collectFailures(parser, path, failures) {
  let explained = false;
  parser.on('child', (child) => {
    const before = failures.length;
    collectFailures(child, [...path, child.name], failures);
    child.on('complete', () => (explained = failures.length > before));
  });
  parser.on('assert', ({ ok, name, diag }) => {
    if (!ok && !explained) failures.push({ path: [...path, name], diag });
    explained = false;
  });
}

function sourceOf(file) {
  return file.replace(/^dist[/\\]/, '').replace(/\.js$/, '.ts');
}

function print(source, { passed, failed, failures, seconds, stderr }) {
  const verdict = failed === 0 ? 'ok    ' : 'FAILED';
  console.log(`${verdict} ${source} (${passed + failed} tests, ${seconds.toFixed(1)} s)`);
  for (const { path, diag } of failures) {
    console.log(`       ${path.join(' > ')}`);
    for (const line of explanation(diag ?? {})) console.log(`         ${line}`);
  }
  if (failed > 0 && stderr !== '')
    console.log(`       its standard error:\n${inSources(stderr.trimEnd())}`);
}

/** Where it was and what differed; the source lines that tap quotes are left to the editor. */
function explanation({ at, stack, diff, source: _source, ...rest }) {
  const place = at ? [`at ${at.fileName}:${at.lineNumber}:${at.columnNumber}`] : [];
  const others = Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const texts = [diff, stack].filter((text) => typeof text === 'string');
  const lines = [...place, ...others, ...texts.flatMap((text) => text.trimEnd().split('\n'))];
  return lines.map(inSources);
}
