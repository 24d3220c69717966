import { type Recorded, StoreUnreachable } from '../../core/event-store.ts';
import { recordOf } from './entry.ts';
import type { KnownLog } from './known-log.ts';
import type { Link } from './link.ts';
import { pageEntriesMax, readFirst, readPage } from './log-reader.ts';

/**
 * Records of a partition from a position on, at most `limit`. Undefined when the log was rolled back
 * in between: what was read never was one log.
 * @throws {StoreUnreachable} for a log with a hole, too
 */
export async function readRecords(
  link: Link,
  known: KnownLog,
  from: number,
  limit: number,
): Promise<readonly Recorded[] | undefined> {
  const { generation } = known;
  const records: Recorded[] = [];
  for (let next = from; ;) {
    const count = Math.min(limit - records.length, pageEntriesMax);
    if (count <= 0) return records;
    const page = await link.run((connection) => readPage(connection, known.keys, next, count));
    if (generation !== known.generation) return undefined;
    const start = page[0]?.position ?? next;
    // It may begin further on, once.
    if (start > next && records.length === 0)
      next = Math.max(next, await link.run((connection) => readFirst(connection, known.keys)));
    for (const entry of page) {
      if (entry.position !== next) throw new StoreUnreachable(lacks(known, next));
      const record = recordOf(known.partition, entry);
      // Before the next page, which may come over a new connection and of another log.
      known.note(record.position, record.id);
      records.push(record);
      next += 1;
    }
    if (page.length < count) return records;
  }
}

const lacks = ({ partition }: KnownLog, position: number): string =>
  `The log of partition ${partition} lacks position ${position}.`;
