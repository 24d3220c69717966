import { deepStrictEqual } from 'node:assert/strict';
import { endOf } from '../../../cli/replay/log-span.ts';
import { Stepper } from '../../../cli/replay/stepper.ts';
import { rule } from '../../support/given.ts';
import { historyOf, joins, says } from '../../support/memory-history.ts';

rule('any step is the same, whichever way one comes to it', async () => {
  const writing = Array.from({ length: 2_500 }, (_, number) =>
    number % 3 === 0 ? joins(`user${number}`) : says('user0', `${number}`),
  );
  const source = await historyOf(writing);
  const stepper = new Stepper(source, await endOf(source));
  deepStrictEqual(stepper.size, 2_501);
  const forwards = new Map<number, unknown>();
  const places = [0, 1, 2, 998, 999, 1_000, 1_001, 1_999, 2_000, 2_499, 2_500];
  for (const place of places) forwards.set(place, await stepper.at(place));
  for (const place of [...places.toReversed(), 5, 2_500, 0])
    if (forwards.has(place)) deepStrictEqual(await stepper.at(place), forwards.get(place));
    else await stepper.at(place);
  const { record, before, after } = await stepper.at(1);
  deepStrictEqual(record.event.type, 'RoomJoined');
  deepStrictEqual(Object.keys(before.rooms), []);
  deepStrictEqual(Object.keys(after.rooms), ['lobby']);
});
