import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from '../support/free-port.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { redisProgram } from '../support/redis-program.ts';
import { until } from '../support/until.ts';
import { projectFolder } from './compose-file.ts';

const startsWithinMs = 20_000;

interface ScriptedRedis {
  readonly redis: ChildProcess;
  /** The folder that stands for the volume with the password. */
  readonly secrets: string;
}

/**
 * Starts Redis by the script of its service. The script's volumes are folders below `root`; what
 * its image has, an entry point that takes over and a user redis, is stood for by small programs.
 */
export async function startRedisByScript(root: string): Promise<ScriptedRedis> {
  const [secrets, data, tmp, bin] = ['secrets', 'redis', 'redis-tmp', 'redis-bin'].map((name) =>
    join(root, name),
  ) as [string, string, string, string];
  for (const folder of [secrets, data, tmp, bin]) await mkdir(folder);
  const port = await freePort();
  const program = await redisProgram();
  await place(join(bin, 'docker-entrypoint.sh'), `exec "$@" --bind 127.0.0.1 --port ${port}`);
  await place(join(bin, 'redis-server'), `exec '${program}' "$@"`);
  await place(join(bin, 'chown'), 'exit 0');
  const script = (await readFile(join(projectFolder, 'docker', 'redis.sh'), 'utf8'))
    .replaceAll(/(?<=[= ])\/secrets\b/g, secrets)
    .replaceAll(/(?<= )\/tmp\//g, `${tmp}/`)
    .replaceAll(/(?<= )\/data\b/g, data)
    .replace('@redis:6379', `@127.0.0.1:${port}`);
  const redis = spawn('sh', ['-c', script], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` },
    stdio: 'ignore',
  });
  endsWithThisProcess(redis);
  const answers = async (): Promise<boolean> => {
    const password = (await readFile(join(secrets, 'redis-password'), 'utf8')).trim();
    return (await pinged(port, password)) === 'PONG' && (await pinged(port)) !== 'PONG';
  };
  await until(answers, { what: 'Redis to ask for its password', withinMs: startsWithinMs });
  return { redis, secrets };
}

async function place(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}

/** What Redis answers: PONG, or why not. */
async function pinged(port: number, password?: string): Promise<string> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    ...(password === undefined ? {} : { password }),
    retryStrategy: null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    return await client.ping();
  } catch (error) {
    return String(error);
  } finally {
    client.disconnect();
  }
}
