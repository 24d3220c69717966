import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

import type { RedisProcess } from '../../support/redis-process.ts';
import { redisFor } from './opened.ts';

/** A Redis whose files can be copied, and put back as they were. */
export async function copyable(t: Test): Promise<{
  redis: RedisProcess;
  copy: { take(): Promise<void>; putBack(): void; restore(): Promise<void> };
}> {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-copy-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const redis = await redisFor(t, { appendfsync: 'always' });
  const putBack = (): void => {
    rmSync(join(redis.dir, 'appendonlydir'), { recursive: true });
    cpSync(join(folder, 'appendonlydir'), join(redis.dir, 'appendonlydir'), { recursive: true });
  };
  const copy = {
    take: async () => {
      await redis.stop();
      cpSync(join(redis.dir, 'appendonlydir'), join(folder, 'appendonlydir'), { recursive: true });
      await redis.restart();
    },
    putBack,
    restore: async () => {
      await redis.stop();
      putBack();
      await redis.restart();
    },
  };
  return { redis, copy };
}
