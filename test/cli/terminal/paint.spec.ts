import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { test } from 'tap';

import { Paint } from '../../../cli/terminal/paint.ts';
import { parseServerLine } from '../../../cli/terminal/server-line.ts';

const lines = [
  'AUTH_REQUIRED: LOGIN <user> <pass>',
  'SUCCESS: Welcome alice. You are in lobby.',
  'SUCCESS: Joined lobby',
  'SUCCESS: Sent to bob.',
  'ERROR: Invalid credentials.',
  'STORED lobby 0a1b2c 17',
  '[lobby] Server: alice joined.',
  '[lobby] alice: hello',
  '[Subbed] alice: hello',
  '[DM] alice: hello',
  '#3 2026-01-02T03:04:05Z alice: hello',
  'Rooms: IITKGP, lobby',
  'anything else',
];

await test('painting changes no word, and without colours nothing at all', async (t) => {
  const [colourful, plain] = [
    new Paint(picocolors.createColors(true)),
    new Paint(picocolors.createColors(false)),
  ];
  for (const text of lines) {
    const line = parseServerLine(text);
    t.equal(plain.line(line), text);
    t.equal(stripVTControlCharacters(colourful.line(line)), text);
  }
});

await test('what deserves attention looks different', async (t) => {
  const paint = new Paint(picocolors.createColors(true));
  const looks = [
    'ERROR: a',
    '[a] Server: bob left.',
    '[a] bob: a',
    '[DM] bob: a',
    '[Subbed] bob: a',
  ];
  const painted = looks.map((text) =>
    [...paint.line(parseServerLine(text)).matchAll(/\u001b\[\d+m/g)].join(''),
  );
  t.equal(new Set(painted).size, looks.length, JSON.stringify(painted));
  t.match(paint.line(parseServerLine('ERROR: a')), /^\u001b\[31m/, 'an error is red');
  t.match(paint.line(parseServerLine('[lobby] Server: bob left.')), /^\u001b\[2m/, 'a notice dim');
});

await test('a name has one colour, and not everybody the same', async (t) => {
  const paint = new Paint(picocolors.createColors(true));
  t.equal(paint.name('alice'), new Paint(picocolors.createColors(true)).name('alice'));
  const colours = ['alice', 'bob', 'carol', 'dave', 'eve'].map((name) =>
    paint.name(name).replace(name, ''),
  );
  t.ok(new Set(colours).size > 2);
});
