import { deepStrictEqual, match, ok } from 'node:assert/strict';

import { colours } from '../../../cli/colours.ts';
import { endOf } from '../../../cli/replay/log-span.ts';
import { stepScreen } from '../../../cli/replay/step-screen.ts';
import { Stepper } from '../../../cli/replay/stepper.ts';
import { textWidth } from '../../../cli/terminal/display-width.ts';
import { rule } from '../../support/given.ts';
import { historyOf, joins, says, type Written } from '../../support/memory-history.ts';

const keys = /^→ next /;

interface Asked {
  readonly index: number;
  readonly columns: number;
  readonly rows: number;
  readonly trouble?: string;
}

async function screenOf(
  writing: readonly Written[],
  { index, columns, rows, trouble = '' }: Asked,
): Promise<readonly string[]> {
  const source = await historyOf(writing);
  const stepper = new Stepper(source, await endOf(source));
  const step = await stepper.at(index);
  const paint = colours({ isTTY: false });
  const { size } = stepper;
  return stepScreen({ step, size, partitions: 1, asked: undefined, trouble, columns, rows, paint });
}

const crowd = Array.from({ length: 40 }, (_, number) =>
  joins(`user${number + 10}`, `room${number + 10}`),
);
const long = says('alice', `${'a very long message '.repeat(100)}end`);
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 24, rows: 9 },
];

rule('whatever there is to show, it fits the terminal, and the keys are its last row', async () => {
  const histories = [
    [long],
    [...crowd, long],
    [joins('alice'), says('alice', 'one\ntwo\n'.repeat(20))],
  ];
  for (const writing of histories)
    for (const size of sizes)
      for (const trouble of ['', 'what is wrong '.repeat(20)]) {
        const lines = await screenOf(writing, { ...size, index: writing.length, trouble });
        deepStrictEqual(lines.length, size.rows);
        for (const line of lines) ok(textWidth(line) <= size.columns, line);
        if (trouble === '' && size.rows > 9) match(lines.at(-1) ?? '', keys);
      }
});

rule('of a long message its beginning is shown, and that there is more', async () => {
  const lines = await screenOf([long], { index: 1, columns: 80, rows: 24 });
  match(lines[3] ?? '', /^lobby {2}alice: a very long message /);
  match(lines[8] ?? '', /…$/);
});

rule('what has changed is seen among states that do not fit', async () => {
  const lines = await screenOf(crowd, { index: 40, columns: 80, rows: 24 });
  ok(
    lines.some((line) => /│ room49: user49/.test(line)),
    lines.join('\n'),
  );
});

rule('a room is called as it is shown', async () => {
  const event = joins('alice', 'iitkgp').event;
  if (event.type !== 'RoomJoined') throw new Error('nobody came');
  const named = { ...event, data: { ...event.data, name: 'IITKGP' } };
  const lines = await screenOf([{ stream: 'room:iitkgp', event: named }], {
    index: 1,
    columns: 80,
    rows: 24,
  });
  deepStrictEqual(lines[3], 'IITKGP  alice joined');
});
