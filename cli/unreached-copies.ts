import { peekType } from '../adapters/fold-record.ts';
import { decodeRecord } from '../adapters/record-codec.ts';
import type { AuditRead, HandedOut } from '../core/audit.ts';
import type { LogSource, StoredRecord } from '../core/log-source.ts';
import { sealedUnder } from '../core/sealing.ts';
import { instantText } from './replay/instant.ts';

const pageSize = 2_000;
/** A receipt is one record of the log: whoever reads the log each minute must not burst it. */
const readingsListedMax = 100;
const wordsMax = 300;

type Reading = AuditRead['data'] & { /** Milliseconds since 1970. */ readonly at: number };

/**
 * What of a user's text an erasure leaves although the log knows of it, in words: what stands in the
 * log unsealed, and what somebody has had out of it.
 * @throws {StoreUnreachable}
 */
export async function unreachedCopies(log: LogSource, user: string): Promise<readonly string[]> {
  let plain = 0;
  const readings: Reading[] = [];
  for await (const stored of recordsOf(log)) {
    if (stored.body !== undefined) {
      const { event, sealed } = decodeRecord(stored);
      if (sealed === undefined && sealedUnder(event)?.author === user) plain += 1;
    } else if (peekType(stored) === 'AuditRead') {
      const { event, at } = decodeRecord(stored);
      if (event.type === 'AuditRead' && event.data.holds !== 'nothing')
        readings.push({ ...event.data, at });
    }
  }
  const isTrimmed = (await log.head(0)).first > 1;
  return [...plainWords(plain), ...(isTrimmed ? [trimmed] : []), ...readingWords(readings)];
}

const trimmed =
  'what was trimmed from the log, where it was archived, and readings of before: the log no longer tells them';

const plainWords = (count: number): readonly string[] =>
  count === 0
    ? []
    : [
        `${count} ${count === 1 ? 'message' : 'messages'} written while texts were not sealed: they stand in the log as they are`,
      ];

function readingWords(readings: readonly Reading[]): readonly string[] {
  const earlier = readings.length - readingsListedMax;
  return [
    ...(earlier > 0
      ? [`${earlier} earlier readings of the log: securechat replay --types AuditRead tells them`]
      : []),
    ...readings.slice(-readingsListedMax).map(({ holds = 'words', reader, what, at }) => {
      const words = `${copies[holds]}, ${reader} on ${instantText(at)}: ${what}`;
      return words.length > wordsMax ? `${words.slice(0, wordsMax - 1)}…` : words;
    }),
  ];
}

/** What a reading handed out. One of which that is not known may have been anything. */
const copies: Readonly<Record<HandedOut, string>> = {
  words: 'a copy in plain text',
  names: 'a copy of names',
  sealed: 'a copy of sealed text',
  keys: 'a file of keys, which with the master key of then opens sealed copies',
  nothing: 'nothing',
};

async function* recordsOf(log: LogSource): AsyncGenerator<StoredRecord> {
  for (let partition = 0; partition < log.info.partitions; partition++) {
    for (let from = 1; ;) {
      const page = await log.readStored(partition, from, pageSize);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      from = last.position + 1;
    }
  }
}
