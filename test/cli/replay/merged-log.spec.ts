import { deepStrictEqual } from 'node:assert/strict';
import { beginningOf, between, endOf } from '../../../cli/replay/log-span.ts';
import { mergedLog } from '../../../cli/replay/merged-log.ts';
import { comesBefore } from '../../../core/record-order.ts';
import type { StoredRecord } from '../../../core/log-source.ts';
import { rule } from '../../support/given.ts';
import { historyOf, joins } from '../../support/memory-history.ts';

const partitions = 4;
const rooms = Array.from({ length: 12 }, (_, number) => `room-${number}`);

rule(
  'records of several partitions are read in one order, each once, however many there are',
  async () => {
    const howMany = 10_000;
    const source = await historyOf(
      Array.from({ length: howMany }, (_, number) =>
        joins(`user${number}`, rooms[(number * 7) % rooms.length], number % 5 === 0 ? 1 : 0),
      ),
      partitions,
    );
    const read: StoredRecord[] = [];
    for await (const batch of mergedLog(source, between(beginningOf(source), await endOf(source))))
      read.push(...batch);
    deepStrictEqual(read.length, howMany + partitions);
    for (const [place, record] of read.entries()) {
      const before = read[place - 1];
      if (before !== undefined) deepStrictEqual(comesBefore(record, before), false, `at ${place}`);
    }
    for (let partition = 0; partition < partitions; partition++) {
      const own = read.filter((record) => record.partition === partition);
      deepStrictEqual(
        own.map(({ position }) => position),
        own.map((_, index) => index + 1),
      );
    }
  },
);

rule('only what was asked for is read', async () => {
  const source = await historyOf([joins('alice'), joins('bob'), joins('carol')]);
  const read: number[] = [];
  for await (const batch of mergedLog(source, [{ partition: 0, from: 2, through: 3 }]))
    read.push(...batch.map(({ position }) => position));
  deepStrictEqual(read, [2, 3]);
  for await (const _ of mergedLog(source, [{ partition: 0, from: 3, through: 2 }]))
    throw new Error('there is nothing to read');
});
