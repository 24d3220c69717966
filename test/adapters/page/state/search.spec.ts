import { test } from 'tap';

import { foundMax, patternOf, search } from '../../../../adapters/page/state/search.ts';
import { after, online, says, writes } from './story.ts';

const state = after(
  online(),
  says(11, 'bob', 'The log is on the table'),
  says(12, 'carol', 'Which log? (the BIG one)'),
  writes(13, 'bob', 'alice', 'Не говори им про ЛОГ'),
);
const found = (query: string) =>
  search(state.talks.values(), query).map(({ message }) => message.place);

await test('a search finds all words in any case, the newest first', (t) => {
  t.strictSame(found('LOG'), [12, 11]);
  t.strictSame(found('log table'), [11]);
  t.strictSame(found('лог'), [13]);
  t.end();
});

await test('a search finds what somebody said', (t) => {
  t.strictSame(found('carol log'), [12]);
  t.end();
});

await test('characters that mean something in a pattern are themselves', (t) => {
  t.strictSame(found('(the'), [12]);
  t.strictSame(found('.*'), []);
  t.end();
});

await test('no words find nothing', (t) => {
  t.strictSame(found('  '), []);
  t.equal(patternOf(' '), undefined);
  t.end();
});

await test('a search that finds everything shows the newest of it', (t) => {
  const many = Array.from({ length: foundMax + 1 }, (_, index) => says(11 + index, 'bob'));
  const all = search(after(online(), ...many).talks.values(), 'number');
  t.equal(all.length, foundMax);
  t.equal(all[0]?.message.place, 11 + foundMax);
  t.end();
});

await test('the pattern marks each of the words', (t) => {
  const pattern = patternOf('big one');
  t.strictSame(pattern && 'the BIG one'.match(pattern), ['BIG', 'one']);
  t.end();
});
