import { test } from 'tap';

import { parseServerLine } from '../../../cli/terminal/server-line.ts';
import { type ErrorCode, errorCatalogue, errorWords } from '../../../core/error-catalogue.ts';

await test('each line of the server is known for what it is', async (t) => {
  const kinds: readonly (readonly [string, string])[] = [
    ['AUTH_REQUIRED: LOGIN <user> <pass>', 'authRequired'],
    ['SUCCESS: Welcome alice. You are in lobby.', 'welcome'],
    ['SUCCESS: Joined IITKGP', 'joined'],
    ['SUCCESS: Subscribed to alice', 'success'],
    ['ERROR: Invalid credentials.', 'error'],
    ['STORED lobby 0a1b2c 17', 'stored'],
    ['[lobby] Server: alice joined.', 'notice'],
    ['[lobby] Server: alice left.', 'notice'],
    ['[lobby] alice: hello', 'message'],
    ['[lobby] alice: ', 'message'],
    ['[lobby] alice: ERROR: not one', 'message'],
    ['[Subbed] alice: hello', 'subbed'],
    ['[DM] alice: hello', 'direct'],
    ['#3 2026-01-02T03:04:05Z alice: hello', 'past'],
    ['Rooms: IITKGP, lobby', 'names'],
    ['In lobby: alice, bob', 'names'],
    ['No active rooms.', 'other'],
    ['/join <room>  Go to a room; you leave the one you are in.', 'other'],
    ['', 'other'],
  ];
  for (const [text, kind] of kinds) {
    const line = parseServerLine(text);
    t.equal(line.kind, kind, text);
    t.equal(line.text, text);
  }
});

await test('a message is taken apart', async (t) => {
  const line = parseServerLine('[Île-1] bob_2: a: b');
  t.strictSame(line.kind === 'message' && line.from, {
    prefix: '[Île-1] ',
    user: 'bob_2',
    said: 'a: b',
  });
});

await test('every error of the catalogue is told from the others by its words', async (t) => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const line = parseServerLine(`ERROR: ${errorWords(code, '7')}`);
    t.equal(line.kind === 'error' && line.code, code);
  }
  const busy = parseServerLine('ERROR: Busy, try again in 7 s.');
  t.equal(busy.kind === 'error' && busy.subject, '7');
  t.match(parseServerLine('ERROR: Of a later version.'), { kind: 'error', code: undefined });
});
