import type { Link } from './link.ts';
import { RedisRefusal } from './refusal.ts';

/** Where what was overwritten lives on. Replicas may come and go, and so are named in any case. */
export const overwrittenLeft: readonly string[] = [
  'the append-only file and the dumps of this Redis, until it has rewritten them',
  'replicas of this Redis, until they have rewritten their files',
];

/** Starts to rewrite the append-only file. Answers, in words, what could not be done. */
export async function rewriteFiles(link: Link): Promise<readonly string[]> {
  try {
    await link.run((connection) => connection.call('BGREWRITEAOF'));
    return [];
  } catch (error) {
    if (!(error instanceof RedisRefusal)) throw error;
    return [`Redis's append-only file, which it did not rewrite (${error.message})`];
  }
}
