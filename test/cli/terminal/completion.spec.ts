import { test } from 'tap';

import { complete, SeenNames } from '../../../cli/terminal/completion.ts';
import { parseServerLine } from '../../../cli/terminal/server-line.ts';

const names = { users: ['alice', 'bob', 'bobby'], rooms: ['lobby', 'IITKGP', 'Île'] };

const completed = (text: string): string => {
  const completion = complete(text, names);
  return completion.kind === 'insert' ? text.slice(0, completion.from) + completion.to : text;
};

await test('Tab completes what belongs at the cursor', async (t) => {
  t.equal(completed('/j'), '/join ');
  t.equal(completed('/join i'), '/join IITKGP ', 'a room, in any case');
  t.equal(completed('/who lob'), '/who lobby ');
  t.equal(completed('/subscribe al'), '/subscribe alice ');
  t.equal(completed('/msg ali'), '/msg alice ');
  t.equal(completed('/msg alice tell b'), '/msg alice tell bob', 'as far as it is clear');
  t.equal(completed('/help rec'), '/help receipts ');
  t.equal(completed('/receipts of'), '/receipts off ');
  t.equal(completed('al'), 'alice: ', 'who is spoken to');
  t.equal(completed('ask al'), 'ask alice ');
  t.equal(completed('/sub'), '/subscri');
});

await test('Tab shows the choices when there is nothing to add', async (t) => {
  t.strictSame(complete('/msg bob', names), { kind: 'choices', choices: ['bob', 'bobby'] });
  t.strictSame(complete('/join ', names), {
    kind: 'choices',
    choices: ['IITKGP', 'lobby', 'Île'],
  });
});

await test('Tab does nothing where nothing is known', async (t) => {
  for (const text of ['', 'zo', 'hello ', '/zz', '/rooms x', '/join lobby x'])
    t.strictSame(complete(text, names), { kind: 'none' }, JSON.stringify(text));
});

await test('names are learnt from what the server says', async (t) => {
  const seen = new SeenNames();
  const lines = [
    'SUCCESS: Welcome alice. You are in lobby.',
    '[lobby] Server: bob joined.',
    '[IITKGP] carol: hi',
    '[Subbed] dave: hi',
    '[DM] eve: hi',
    'Rooms: chess, go',
    'In go: frank, grace',
    '#12 2026-01-02T03:04:05Z heidi: old',
    'Nothing to learn: zed',
  ];
  for (const line of lines) seen.learn(parseServerLine(line));
  t.strictSame(seen.users, ['bob', 'carol', 'dave', 'eve', 'frank', 'grace', 'heidi']);
  t.strictSame(seen.rooms, ['lobby', 'chess', 'go']);
});

await test('only the names seen last are remembered', async (t) => {
  const seen = new SeenNames();
  for (let user = 0; user < 501; user++) seen.learn(parseServerLine(`[lobby] user${user}: hi`));
  t.equal(seen.users.length, 500);
  t.notOk(seen.users.includes('user0'));
  t.ok(seen.users.includes('user500'));
});
