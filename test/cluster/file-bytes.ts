import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RedisProcess } from '../support/redis-process.ts';
import { until } from '../support/until.ts';

/** Arguments of a Redis in whose files a text cannot hide in a compressed block. */
export const plainFiles: readonly string[] = ['--rdbcompression', 'no'];

/** The bytes of all files in a folder and those below it, but for those of one name. */
export async function bytesIn(dir: string, except = ''): Promise<Buffer> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && entry.name !== except);
  const read = files.map(({ parentPath, name }) => readFile(join(parentPath, name)));
  return Buffer.concat(await Promise.all(read));
}

/** All files of a Redis: the dump made anew, the append-only file as it is. */
export async function bytesOf(redis: RedisProcess): Promise<Buffer> {
  await redis.command('SAVE');
  return bytesIn(redis.dir);
}

/** Waits for the rewriting of the append-only file that an erasure starts. */
export async function rewritten(redis: RedisProcess): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    const info = String(await redis.command('INFO', 'persistence'));
    return /aof_rewrite_in_progress:0\r?\naof_rewrite_scheduled:0/.test(info);
  };
  await until(isOver, { what: 'the append-only file to be rewritten', withinMs: 10_000 });
}
