import { deepStrictEqual } from 'node:assert/strict';

import { conversationsMax } from '../../../core/limits.ts';
import type { FrameClient } from '../../support/frame-client.ts';
import { type WebHarness, webScene, webScenes } from '../../support/web-harness.ts';

/** With whom, and what was said last by whom. */
async function listed(
  client: FrameClient,
): Promise<readonly (readonly [string, string, string])[]> {
  const { conversations } = await client.asks({ type: 'conversations' });
  return conversations.map(({ peer, last }) => [peer, last.from, last.text]);
}

webScenes('conversations are listed, the latest first, with what was said last', async (web) => {
  const alice = await web.login('alice', 0);
  deepStrictEqual(await listed(alice), []);
  const bob = await web.login('bob', 1);
  const eve = await web.login('eve', 1);
  await write(web, bob, 'alice', 'hello', 1);
  await write(web, eve, 'alice', 'psst', 1);
  await write(web, alice, 'bob', 'hello yourself', 1);
  await write(web, bob, 'eve', 'not for alice', 2);
  const all = [
    ['bob', 'alice', 'hello yourself'],
    ['eve', 'eve', 'psst'],
  ];
  deepStrictEqual(await listed(alice), all);
  await alice.asks({ type: 'logout' });
  deepStrictEqual(await listed(await web.login('alice', 1)), all, 'also after another login');
});

/** With whom, up to where it was read, and how many are not. */
async function unread(
  client: FrameClient,
): Promise<readonly (readonly [string, number, number])[]> {
  const { conversations } = await client.asks({ type: 'conversations' });
  return conversations.map((one) => [one.peer, one.read, one.unread]);
}

webScenes(
  'what a client was sent is unread at every login, until it says it was read',
  async (web) => {
    const alice = await web.login('alice', 0);
    const bob = await web.login('bob', 1);
    const eve = await web.login('eve', 1);
    await write(web, bob, 'alice', 'one', 1);
    await write(web, eve, 'alice', 'psst', 1);
    await write(web, bob, 'alice', 'two', 2);
    await alice.sees('direct');
    const all = [
      ['bob', 0, 2],
      ['eve', 0, 1],
    ];
    deepStrictEqual(await unread(alice), all);
    await alice.asks({ type: 'logout' });
    await write(web, bob, 'alice', 'three', 3);
    const again = await web.login('alice', 1);
    const more = [
      ['bob', 0, 3],
      ['eve', 0, 1],
    ];
    deepStrictEqual(await unread(again), more);
    const before = await again.asks({ type: 'conversation', peer: 'bob', limit: 10 });
    const [, two] = before.messages;
    await again.asks({ type: 'read', peer: 'bob', number: two?.number ?? 0 });
    await again.asks({ type: 'logout' });
    const last = await web.login('alice', 0);
    const [[peer, , count] = []] = await unread(last);
    deepStrictEqual([peer, count], ['bob', 1]);
    // Further than was said: it does not hide what comes.
    await last.asks({ type: 'read', peer: 'bob', number: 1_000 });
    await last.asks({ type: 'logout' });
    await write(web, bob, 'alice', 'four', 4);
    const [first] = await unread(await web.login('alice', 1));
    deepStrictEqual([first?.[0], first?.[2]], ['bob', 1]);
  },
);

webScenes('whoever has answered has read what they answered to', async (web) => {
  const bob = await web.login('bob', 1);
  await write(web, bob, 'alice', 'one', 1);
  await write(web, bob, 'alice', 'two', 2);
  const alice = await web.login('alice', 0);
  const answer = await alice.asks({ type: 'direct', to: 'bob', text: 'three', sequence: 1 });
  deepStrictEqual(await unread(alice), [['bob', answer.number, 0]]);
  await write(web, bob, 'alice', 'four', 3);
  deepStrictEqual(await unread(alice), [['bob', answer.number, 1]]);
});

webScene('what the line protocol has shown counts as read', async (web) => {
  const bob = await web.login('bob', 0);
  await write(web, bob, 'alice', 'one', 1);
  const terminal = await web.chat.login('alice', 1);
  await terminal.seesMatching(/bob.*one/);
  await terminal.isServed();
  await web.chat.until(() => web.chat.records('ReadMarked').length === 1, 'the mark');
  terminal.end();
  await web.chat.until(() => web.chat.records('SessionClosed').length === 1, 'the end');
  deepStrictEqual(
    (await unread(await web.login('alice', 0))).map(([, , count]) => count),
    [0],
  );
});

webScene('a mark is of a room or of a conversation', async (web) => {
  const alice = await web.login('alice', 0);
  for (const place of [{}, { room: 'lobby', peer: 'bob' }]) {
    const code = await alice.isRefused({ type: 'read', ...place, number: 1 });
    deepStrictEqual(code, 'BadFrame');
  }
  await alice.asks({ type: 'read', peer: 'nobody', number: 1 });
  deepStrictEqual(web.chat.records('ConversationRead').length, 0);
});

webScene('what one has only sent is not in the list, until it is answered', async (web) => {
  const alice = await web.login('alice', 0);
  const bob = await web.login('bob', 0);
  await write(web, alice, 'bob', 'are you there?', 1);
  deepStrictEqual(await listed(alice), []);
  deepStrictEqual(await listed(bob), [['alice', 'alice', 'are you there?']]);
  await write(web, bob, 'alice', 'yes', 1);
  deepStrictEqual(await listed(alice), [['bob', 'bob', 'yes']]);
});

webScene('of more conversations than are listed, the oldest is left out', async (web) => {
  const alice = await web.login('alice', 0);
  for (let number = 0; number <= conversationsMax; number++) {
    const peer = await web.connect(0);
    await peer.asks({ type: 'register', user: `peer-${number}`, password: 'correct-horse' });
    await write(web, peer, 'alice', 'hello', 1);
    peer.vanish();
  }
  const peers = (await listed(alice)).map(([peer]) => peer);
  deepStrictEqual([peers.length, peers[0]], [conversationsMax, `peer-${conversationsMax}`]);
  deepStrictEqual(peers.includes('peer-0'), false);
});

async function write(
  { chat }: WebHarness,
  from: FrameClient,
  to: string,
  text: string,
  sequence: number,
): Promise<void> {
  await from.asks({ type: 'direct', to, text, sequence });
  chat.passTime(10);
}
