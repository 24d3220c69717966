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
