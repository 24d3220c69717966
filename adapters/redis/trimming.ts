import { StoreUnreachable } from '../../core/event-store.ts';
import { epochStream } from '../../core/stream.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import type { KnownLog } from './known-log.ts';
import type { Link } from './link.ts';
import { listOf, numberOf, textOf } from './reply.ts';
import { runScript, scripts } from './scripts.ts';

/** Redis is busy for some milliseconds with so many. */
const trimmedAtOnce = 1_000;
/** What is wrong with the heads is mended, and may be damaged again. */
const repairsMax = 3;
const held = '!held ';

/** Trims a partition's log, a step at a time. @throws {StoreUnreachable} */
export async function trimLog(
  link: Link,
  known: KnownLog,
  before: number,
  epoch: string,
): Promise<TrimOutcome> {
  const { log, heads, trimmed, snapshots } = known.keys;
  const keys = [log, heads, trimmed, snapshots];
  const args = [before, epoch, epochStream, trimmedAtOnce];
  for (let repairs = 0; repairs <= repairsMax;) {
    const reply = await link.run((connection) => runScript(connection, scripts.trim, keys, args));
    if (Array.isArray(reply)) {
      const [first = 0, more = 0] = listOf(reply).map(numberOf);
      if (more === 0) return { status: 'trimmed', first };
      continue;
    }
    const refusal = textOf(reply);
    if (refusal.startsWith(held)) return { status: 'held', by: refusal.slice(held.length) };
    if (refusal === '!uncovered') return { status: 'uncovered' };
    await link.run((connection) => known.check(connection));
    repairs += 1;
  }
  throw new StoreUnreachable('The heads of the log are damaged again and again.');
}
