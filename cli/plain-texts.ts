import { decodeRecord } from '../adapters/record-codec.ts';
import type { LogSource } from '../core/log-source.ts';
import { sealedUnder } from '../core/sealing.ts';

const pageSize = 2_000;

/**
 * What a user wrote that stands in the log unsealed, in words; nothing when there is none.
 * @throws {StoreUnreachable}
 */
export async function plainTextsOf(log: LogSource, user: string): Promise<readonly string[]> {
  let plain = 0;
  for (let partition = 0; partition < log.info.partitions; partition++) {
    for (let from = 1; ;) {
      const page = await log.readStored(partition, from, pageSize);
      for (const stored of page) {
        if (stored.body === undefined) continue;
        const { event, sealed } = decodeRecord(stored);
        if (sealed === undefined && sealedUnder(event)?.author === user) plain += 1;
      }
      if (page.length < pageSize) break;
      from = (page.at(-1)?.position ?? from) + 1;
    }
  }
  if (plain === 0) return [];
  return [
    `${plain} ${plain === 1 ? 'message' : 'messages'} written while texts were not sealed: they stand in the log as they are`,
  ];
}
