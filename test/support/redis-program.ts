import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

let program: Promise<string> | undefined;

/**
 * The path of a redis-server: SECURECHAT_REDIS_SERVER, else what scripts/redis-server.mjs finds
 * or makes available. Looked for once in a process.
 *
 * @throws Error that says what to install
 */
export async function redisProgram(): Promise<string> {
  program ??= findProgram();
  return program;
}

async function findProgram(): Promise<string> {
  const named = process.env['SECURECHAT_REDIS_SERVER'];
  if (named !== undefined && named !== '') return named;
  const script = join(projectFolder(), 'scripts', 'redis-server.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const path = stdout.trimEnd().split('\n').at(-1);
  if (path === undefined || path === '') throw new Error(`${script} printed no path`);
  return path;
}

/** This file runs compiled, a level deeper than it stands. */
function projectFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
