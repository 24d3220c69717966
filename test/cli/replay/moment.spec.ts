import { deepStrictEqual, rejects } from 'node:assert/strict';
import type { LogSource } from '../../../core/log-source.ts';
import { endOf, type Positions } from '../../../cli/replay/log-span.ts';
import { mergedLog } from '../../../cli/replay/merged-log.ts';
import { between, beginningOf } from '../../../cli/replay/log-span.ts';
import { parseMoment, placeOf } from '../../../cli/replay/moment.ts';
import { rule } from '../../support/given.ts';
import { beginsAt, historyOf, joins, says } from '../../support/memory-history.ts';

/** A minute after the histories begin. */
const present = beginsAt + 60_000;

const placeAt = async (source: LogSource, typed: string): Promise<Positions> => {
  const moment = parseMoment(typed, present);
  if (moment === undefined) throw new Error(`"${typed}" is no moment`);
  return placeOf(source, moment, await endOf(source));
};

const timed = (ms: number): string => new Date(beginsAt + ms).toISOString();

rule('a time is the place behind the last record that was written by then', async () => {
  const talk = Array.from({ length: 50 }, (_, number) => says('alice', `${number}`, number % 3));
  const source = await historyOf(talk);
  const records = await source.readStored(0, 1, 100);
  for (let ms = -1; ms < 60; ms++) {
    const last = records.findLast(({ at }) => at <= beginsAt + ms);
    deepStrictEqual(await placeAt(source, timed(ms)), [last?.position ?? 0], `${ms} ms`);
  }
});

rule(
  'in several partitions a position is the place behind that record in the one history',
  async () => {
    const rooms = ['a', 'b', 'c', 'd', 'e', 'f'];
    const source = await historyOf(
      Array.from({ length: 60 }, (_, number) =>
        joins(`user${number}`, rooms[number % rooms.length], number % 4 === 0 ? 1 : 0),
      ),
      3,
    );
    const spans = between(beginningOf(source), await endOf(source));
    const seen = [0, 0, 0];
    for await (const batch of mergedLog(source, spans))
      for (const { partition, position } of batch) {
        seen[partition] = position;
        deepStrictEqual(await placeAt(source, `${partition}:${position}`), [...seen]);
      }
    deepStrictEqual(
      seen,
      spans.map(({ through }) => through),
      'every record was there',
    );
    deepStrictEqual(await placeAt(source, '1,0,1'), [1, 0, 1]);
  },
);

rule('a place that the log does not have is refused in a sentence', async () => {
  const one = await historyOf([says('alice', 'hello')]);
  const several = await historyOf([], 3);
  await rejects(placeAt(one, '3'), { message: 'The log ends at position 2: there is no 3 yet.' });
  await rejects(placeAt(one, '1,2'), /has one partition, and 2 positions are given/);
  await rejects(placeAt(several, '1'), /has 3 partitions: say of which 1 is a position, as in 0:1/);
  await rejects(placeAt(several, '3:1'), /has no partition 3, they are 0 to 2/);
  await rejects(placeAt(several, '2:2'), /Partition 2 of the log ends at position 1/);
});

rule(
  'a time that is yet to come is refused like a position, unless the log has come so far',
  async () => {
    const source = await historyOf([says('alice', 'hello')]);
    deepStrictEqual(await placeAt(source, timed(60_000)), [2]);
    const message =
      '2099-01-01 00:00:00 is yet to come: the last record of the log is of 2026-11-27 06:19:52.';
    await rejects(placeAt(source, '2099-01-01'), { message });
    const ahead = await historyOf([says('alice', 'hello', 90_000)]);
    deepStrictEqual(await placeAt(ahead, timed(70_000)), [1]);
  },
);

rule('what is neither a time nor a place is no moment', () => {
  for (const text of ['', 'then', '1:', ':1', '1,', '-1', '1.5', '1:2:3'])
    deepStrictEqual(parseMoment(text, 0), undefined, text);
});
