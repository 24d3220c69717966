import { setTimeout as sleep } from 'node:timers/promises';

import { StoreUnreachable } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import { RedisRefusal } from './refusal.ts';
import { serverInfo } from './server-info.ts';

/** Where what was overwritten lives on. Replicas may come and go, and so are named in any case. */
export const overwrittenLeft: readonly string[] = [
  'the append-only file and the dumps of this Redis, until it has rewritten them',
  'replicas of this Redis, until they have rewritten their files',
];

/** A file of many gigabytes is rewritten in a few minutes; who waits longer waits in vain. */
const underWayMsMax = 300_000;
const askAgainMs = 250;

/**
 * Starts to rewrite the append-only file, or the dump where there is none. A rewriting that is under
 * way has perhaps read already what was overwritten since: the one that is started here begins after
 * its end, which is waited for, five minutes at most. Answers, in words, what could not be done.
 */
export async function rewriteFiles(link: Link): Promise<readonly string[]> {
  const endsAt = performance.now() + underWayMsMax;
  for (;;) {
    const refused = await started(link);
    if (refused === undefined) return [];
    const isUnderWay = refused.includes('already in progress');
    if (!isUnderWay || performance.now() >= endsAt) return [refused];
    await sleep(askAgainMs);
  }
}

interface Rewriting {
  readonly file: string;
  readonly command: readonly [string, ...string[]];
}

const ofAppendOnlyFile: Rewriting = { file: 'append-only file', command: ['BGREWRITEAOF'] };
/** Of a Redis without an append-only file BGREWRITEAOF would make one that nobody ever reads. */
const ofDump: Rewriting = { file: 'dump', command: ['BGSAVE', 'SCHEDULE'] };

/** Undefined when it is started, or will be when another one that is under way has ended. */
async function started(link: Link): Promise<string | undefined> {
  let { file, command } = ofAppendOnlyFile;
  const refused = (reason: string): string =>
    `Redis's ${file}, for ${command[0]} did not begin (${reason})`;
  try {
    return await link.run(async (connection) => {
      ({ file, command } = await rewritingOf(connection));
      try {
        await connection.call(...command);
        return undefined;
      } catch (error) {
        if (!(error instanceof RedisRefusal)) throw error;
        return refused(error.message);
      }
    });
  } catch (error) {
    if (error instanceof StoreUnreachable) return refused(error.message);
    throw error;
  }
}

async function rewritingOf(connection: Connection): Promise<Rewriting> {
  const info = await serverInfo(connection);
  return info?.get('aof_enabled') === '0' ? ofDump : ofAppendOnlyFile;
}
