// Runs the event store's contract suite against each server that it is promised for, and prints a
// table. Fails if a suite fails, or if no server could be had; one that could not is named.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redisServer, servers, serverVersion } from './redis-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist', 'test', 'adapters', 'redis');
const suiteTimeoutMs = 600_000;

const suites = contractSuites();
if (suites.length === 0) {
  console.error('test-stores: no *.contract.test.js in dist/test/adapters/redis. Build first.');
  process.exit(1);
}
const rows = [];
for (const name of Object.keys(servers)) rows.push(await rowFor(name));
printTable(rows);
const failed = rows.some(({ result }) => result === 'failed');
const ran = rows.some(({ result }) => result === 'passed');
if (!ran && !failed) console.error('test-stores: none of these servers could be had.');
process.exitCode = failed || !ran ? 1 : 0;

function contractSuites() {
  if (!existsSync(compiled)) return [];
  const names = readdirSync(compiled, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.contract.test.js')).map((n) => join(compiled, n));
}

async function rowFor(name) {
  let server;
  try {
    server = await redisServer({ which: name, log: (line) => console.error(line) });
  } catch (error) {
    console.error(`${name} could not be had: ${error.message}`);
    return { server: name, version: '-', tests: '-', seconds: '-', result: 'could not be had' };
  }
  const startedAt = performance.now();
  const outcomes = [];
  for (const suite of suites) outcomes.push(await outcomeOf(suite, server));
  return {
    server: name,
    version: (await serverVersion(server)).text,
    tests: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    seconds: ((performance.now() - startedAt) / 1_000).toFixed(1),
    result: outcomes.every(({ ok }) => ok) ? 'passed' : 'failed',
  };
}

/** Runs one suite as the program it is; what it says is shown only if it fails. */
async function outcomeOf(suite, server) {
  const child = spawn(process.execPath, [suite], {
    cwd: root,
    env: { ...process.env, SECURECHAT_REDIS_SERVER: server },
    timeout: suiteTimeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  const passed = output.match(/^ok /gm)?.length ?? 0;
  const ok = code === 0 && passed > 0;
  if (!ok) console.error(`${relative(root, suite)} on ${server} ended with ${code}:\n${output}`);
  return { ok, passed };
}

function printTable(lines) {
  const columns = ['server', 'version', 'tests', 'seconds', 'result'];
  const heading = Object.fromEntries(columns.map((column) => [column, column]));
  for (const line of [heading, ...lines]) {
    console.log(
      columns
        .map((column) => String(line[column]).padEnd(10))
        .join(' ')
        .trimEnd(),
    );
  }
}
