// Runs all tests of the Redis store against each server that it is promised for, and prints a table.
// Fails if a test fails, or if no server could be had; one that could not is named.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redisServer, servers, serverVersion } from './redis-server.mjs';
import { printTable } from './table.mjs';
import { runTests, testEnvironment } from './test-run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = join('dist', 'test', 'adapters', 'redis');
const fileTimeoutSeconds = 600;

// Ended from outside, it still ends what it started, on its way out.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const files = readdirSync(join(root, tests), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js'))
  .toSorted()
  .map((name) => join(tests, name));
const rows = [];
for (const name of Object.keys(servers)) rows.push(await rowFor(name));
console.log();
printTable(['server', 'version', 'passed', 'failed', 'seconds'], rows);
const failed = rows.some((row) => row.failed > 0);
const ran = rows.some((row) => row.passed > 0);
if (!ran) console.error('test-stores: none of these servers could be had.');
process.exitCode = failed || !ran ? 1 : 0;

async function rowFor(name) {
  let server;
  try {
    server = await redisServer({ which: name, log: (line) => console.error(line) });
  } catch (error) {
    console.error(`${name} could not be had: ${error.message}`);
    return { server: name, version: 'could not be had', passed: 0, failed: 0, seconds: 0 };
  }
  const version = (await serverVersion(server)).text;
  console.log(`\n${name}, ${version}`);
  const startedAt = performance.now();
  const env = { ...testEnvironment('test'), SECURECHAT_REDIS_SERVER: server };
  const totals = await runTests(files, { env, fileTimeoutSeconds });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  return { server: name, version, ...totals, seconds };
}
