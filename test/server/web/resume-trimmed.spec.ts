import { deepStrictEqual } from 'node:assert/strict';

import { trimAll } from '../../support/trimmed-log.ts';
import { webScene } from '../../support/web-harness.ts';

webScene('what a client missed and was trimmed meanwhile is told as a gap', async (web) => {
  const { chat } = web;
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'ping' });
  alice.vanish();
  const bob = await chat.login('bob', 1);
  bob.send('/receipts on', 'missed', 'and gone');
  await bob.seesMatching(/STORED lobby/);
  const { line } = await bob.seesMatching(/STORED lobby/);
  await chat.settled();
  await trimAll(chat.store(0));
  // One that has nothing of it at hand.
  await web.startServer();
  const again = await web.resume(alice, 2);
  const gap = await again.sees('gap');
  deepStrictEqual(
    [gap.reason, gap.rooms.map(({ room, to }) => [room, to])],
    ['retention', [['lobby', Number(line.split(' ')[3])]]],
  );
  const { messages, expired } = await again.asks({ type: 'history', room: 'lobby', limit: 50 });
  deepStrictEqual(expired?.from, 1);
  deepStrictEqual(messages[0]?.number, (expired?.to ?? 0) + 1);
  bob.send('here');
  await again.sees('message', ({ text }) => text === 'here');
});
