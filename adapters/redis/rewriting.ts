import { setTimeout as sleep } from 'node:timers/promises';

import { StoreUnreachable } from '../../core/event-store.ts';
import type { Link } from './link.ts';
import { RedisRefusal } from './refusal.ts';

/** Where what was overwritten lives on. Replicas may come and go, and so are named in any case. */
export const overwrittenLeft: readonly string[] = [
  'the append-only file and the dumps of this Redis, until it has rewritten them',
  'replicas of this Redis, until they have rewritten their files',
];

/** A file of many gigabytes is rewritten in a few minutes; who waits longer waits in vain. */
const underWayMsMax = 300_000;
const askAgainMs = 250;

/**
 * Starts to rewrite the append-only file. One rewriting that is under way has perhaps read already
 * what was overwritten since: the one that is started here begins after its end, which is waited
 * for, five minutes at most. Answers, in words, what could not be done.
 */
export async function rewriteFiles(link: Link): Promise<readonly string[]> {
  const endsAt = performance.now() + underWayMsMax;
  for (;;) {
    const refusal = await started(link);
    if (refusal === undefined) return [];
    const isUnderWay = refusal.includes('already in progress');
    if (!isUnderWay || performance.now() >= endsAt)
      return [`Redis's append-only file, which it did not begin to rewrite (${refusal})`];
    await sleep(askAgainMs);
  }
}

/** Undefined when it is started, or will be when a dump that is under way has ended. */
async function started(link: Link): Promise<string | undefined> {
  try {
    return await link.run(async (connection) => {
      try {
        await connection.call('BGREWRITEAOF');
        return undefined;
      } catch (error) {
        if (!(error instanceof RedisRefusal)) throw error;
        return error.message;
      }
    });
  } catch (error) {
    if (error instanceof StoreUnreachable) return error.message;
    throw error;
  }
}
