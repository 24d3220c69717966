import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { test } from 'tap';

import { freePort } from '../support/free-port.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { startRedis } from '../support/redis-process.ts';
import { until } from '../support/until.ts';
import { buildImage } from './image.ts';

const context = fileURLToPath(new URL('../../../', import.meta.url));
/** `nobody`: somebody who owns nothing of the image. */
const unprivileged = { uid: 65_534, gid: 65_534 };

await test('what the Dockerfile builds serves an unprivileged user from a tree it cannot write to', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'securechat-image-'));
  await chmod(root, 0o755);
  await using redis = await startRedis();
  let server: ChildProcess | undefined;
  try {
    const { workdir, command, env } = await buildImage(context, root);
    t.same((await readdir(workdir)).toSorted(), [
      'certs',
      'dist',
      'docker',
      'node_modules',
      'package.json',
    ]);
    const url = join(root, 'redis-url');
    await writeFile(url, `${redis.url}\n`);
    const port = String(await freePort());
    const settings = {
      SECURECHAT_REDIS_FILE: url,
      SECURECHAT_PORT: port,
      SECURECHAT_NAME: 'chat-1',
    };
    const environment = { PATH: process.env['PATH'] ?? '', ...env, ...settings };
    const [program = '', ...args] = command;
    const options = { cwd: workdir, env: environment, ...(getuid?.() === 0 ? unprivileged : {}) };
    server = spawn(program, args, { ...options, stdio: 'ignore' });
    endsWithThisProcess(server);
    const health = (): Promise<boolean> =>
      promisify(execFile)(process.execPath, ['docker/health.mjs'], options).then(
        () => true,
        () => false,
      );
    await until(health, { what: 'the health check to pass', withinMs: 30_000 });
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    t.same(await ended, [0, null], 'SIGTERM stops it in order');
    t.notOk(await health(), 'the health check fails where nobody serves');
  } finally {
    server?.kill('SIGKILL');
    await rm(root, { recursive: true });
  }
});
