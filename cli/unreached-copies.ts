import { peekType } from '../adapters/fold-record.ts';
import { decodeRecord } from '../adapters/record-codec.ts';
import type { HandedOut } from '../core/audit.ts';
import type { EventStore, Recorded } from '../core/event-store.ts';
import type { StoredRecord } from '../core/log-source.ts';
import type { Readings } from '../core/readings.ts';
import { sealedUnder } from '../core/sealing.ts';
import { auditStream } from '../core/stream.ts';
import { plainTextsFold, plainTextsName, readingsFold } from '../core/stream-folds.ts';
import { snapshotOf } from '../server/snapshots.ts';
import { instantText } from './replay/instant.ts';

const pageSize = 2_000;
const wordsMax = 300;

/**
 * What of a user's text an erasure leaves although the log knows of it, in words: what stands
 * unsealed in the log or, if it was trimmed, in archives; and what somebody has had out of it.
 *
 * @param erasedAt when an erasure of this user was done before, by the log: who was shown
 *   words since was shown none of theirs
 * @throws {StoreUnreachable}
 */
export async function unreachedCopies(
  events: EventStore,
  user: string,
  erasedAt = Infinity,
): Promise<readonly string[]> {
  let [here, trimmed] = [0, 0];
  const readings: Recorded[] = [];
  for (let partition = 0; partition < events.info.partitions; partition++) {
    const plain: number[] = [];
    for await (const stored of recordsOf(events, partition)) {
      if (stored.body !== undefined) {
        const { event, sealed } = decodeRecord(stored);
        if (sealed === undefined && sealedUnder(event)?.author === user)
          plain.push(stored.position);
      } else if (peekType(stored) === 'AuditRead') readings.push(decodeRecord(stored));
    }
    here += plain.length;
    trimmed += await trimmedOf(events, { partition, user, plain });
  }
  return [
    ...plainWords(here, ': they stand in the log as they are'),
    ...plainWords(trimmed, ', and trimmed since: they stand in archives of the log as they are'),
    ...readingWords(await allReadings(events, readings), erasedAt),
  ];
}

/** How many unsealed texts were trimmed; `plain`: the positions of those that were not. */
async function trimmedOf(
  events: EventStore,
  { partition, user, plain }: { partition: number; user: string; plain: readonly number[] },
): Promise<number> {
  const counted = await snapshotOf(events, plainTextsFold, plainTextsName(user), partition);
  // What is counted may be there still.
  const through = await events.snapshots.keptThrough(partition);
  const both = plain.filter((position) => position <= through).length;
  return Math.max((counted?.state ?? 0) - both, 0);
}

/** Those that the log tells of, on top of those that were trimmed. */
async function allReadings(events: EventStore, there: readonly Recorded[]): Promise<Readings> {
  const kept = await snapshotOf(events, readingsFold, auditStream(0), 0);
  return there
    .filter(({ revision }) => revision > (kept?.revision ?? 0))
    .reduce(readingsFold.evolve, kept?.state ?? readingsFold.initial);
}

const plainWords = (count: number, where: string): readonly string[] => {
  const messages = count === 1 ? 'message' : 'messages';
  return count === 0 ? [] : [`${count} ${messages} written while texts were not sealed${where}`];
};

function readingWords({ earlier, last }: Readings, erasedAt: number): readonly string[] {
  const listed = last.filter(({ holds = 'words', at }) => holds !== 'words' || at <= erasedAt);
  return [
    ...(earlier > 0
      ? [`${earlier} earlier readings of the log: securechat replay --types AuditRead tells them`]
      : []),
    ...listed.map(({ holds = 'words', reader, what, at }) => {
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

async function* recordsOf(events: EventStore, partition: number): AsyncGenerator<StoredRecord> {
  for (let from = 1; ;) {
    const page = await events.readStored(partition, from, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    from = last.position + 1;
  }
}
