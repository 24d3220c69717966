import { test } from 'tap';

import { openLineLink } from '../../../cli/terminal/line-link.ts';
import { textLines } from '../../../cli/terminal/text-lines.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { until } from '../../support/until.ts';

function linked() {
  const [near, far] = duplexPair();
  const lines: string[] = [];
  const ends: string[] = [];
  const link = openLineLink(near, {
    line: (text) => lines.push(text),
    closed: (why) => ends.push(why),
  });
  const arrives = (count: number) =>
    until(() => lines.length >= count, { what: `${count} lines`, withinMs: 5_000 });
  const ended = () => until(() => ends.length > 0, { what: 'the end', withinMs: 5_000 });
  return { far, link, lines, ends, arrives, ended };
}

await test('lines arrive whole, however their bytes are cut', async (t) => {
  const { far, link, lines, arrives } = linked();
  for (const byte of Buffer.from('[lobby] bob: 漢🙂\nnext\r\n')) far.write(Buffer.of(byte));
  await arrives(2);
  t.strictSame(lines, ['[lobby] bob: 漢🙂', 'next']);
  link.close();
});

await test('control characters of the server do not reach the terminal', async (t) => {
  const { far, link, lines, arrives } = linked();
  far.write('[lobby] bob: a\u001b[2Jb\u0007\u009b31mc\u001b]0;title\u0007d\re\n');
  await arrives(1);
  t.strictSame(lines, ['[lobby] bob: abcde']);
  link.close();
});

await test('an end without a line end is an end all the same', async (t) => {
  const { far, ends, lines, ended } = linked();
  far.end('half a line');
  await ended();
  t.strictSame([lines, ends], [[], ['']]);
});

await test('a line without an end is not waited for', async (t) => {
  const { far, ends, ended } = linked();
  far.write(Buffer.alloc(70_000, 'a'));
  await ended();
  t.strictSame(ends, ['It sent a line without an end.']);
});

await test('what is sent after the end goes nowhere', async (t) => {
  const { link, ended } = linked();
  link.close();
  link.send('hello');
  await ended();
  t.doesNotThrow(() => link.send('hello'));
});

await test('a text in pieces is cut into lines at its line ends alone', async (t) => {
  const pieces = [
    Buffer.from('a\r\nb\u2028c\n\n漢').subarray(0, -1),
    Buffer.from('漢').subarray(2),
  ];
  async function* chunks() {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of textLines(chunks())) lines.push(line);
  t.strictSame(lines, ['a', 'b\u2028c', '', '漢']);
});
