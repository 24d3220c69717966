import { readFileSync } from 'node:fs';

import { test } from 'tap';

import { clientFrames } from '../../adapters/websocket/client-frames.ts';
import { serverFrames } from '../../adapters/websocket/server-frames.ts';
import { closeCodes } from '../../core/close-code.ts';
import { frameBytesMax } from '../../core/limits.ts';

const text = readFileSync(new URL('../../../docs/websocket.md', import.meta.url), 'utf8');

await test('the document shows every frame that a client sends, with its properties', (t) => {
  const documented: Record<string, readonly string[]> = {};
  for (const [, types = '', properties = ''] of tableOf('What a client sends'))
    for (const type of wordsOf(types)) documented[type] = wordsOf(properties).toSorted();
  const actual = Object.entries(clientFrames).map(([type, { properties }]) => {
    const own = Object.keys(properties).filter((name) => name !== 'type' && name !== 'id');
    return [type, own.toSorted()] as const;
  });
  t.same(documented, Object.fromEntries(actual));
  t.end();
});

await test('it shows every frame that a client hears', (t) => {
  const documented = tableOf('What a client hears').flatMap(([, types = '']) => wordsOf(types));
  const told = Object.keys(serverFrames).filter((type) => type !== 'hello' && type !== 'error');
  t.same(documented.toSorted(), told.toSorted());
  t.end();
});

await test('it lists every close code, and no other', (t) => {
  const rows = tableOf('Close codes').map(([, code = '', name = '']) => [
    ...wordsOf(name),
    Number(code),
  ]);
  t.same(Object.fromEntries(rows), closeCodes);
  t.end();
});

await test('it names the largest frame', (t) => {
  t.ok(text.includes(`${frameBytesMax} bytes`));
  t.end();
});

await test('the frames that it shows are JSON with a type', (t) => {
  const frames = [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  t.ok(frames.length > 3, 'there are some');
  for (const frame of frames) t.type((JSON.parse(frame) as { type: unknown }).type, 'string');
  t.end();
});

/** The rows of the table in a section, without its heading; each cell, after the whole row. */
function tableOf(section: string): readonly RegExpMatchArray[] {
  const [, body = ''] = text.split(`\n## ${section}\n`);
  const [own = ''] = body.split('\n## ');
  return [...own.matchAll(/^\| (.*?) \| (.*?) \|(?: .*\|)?$/gm)].slice(1);
}

/** What is set as code. */
function wordsOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
}
