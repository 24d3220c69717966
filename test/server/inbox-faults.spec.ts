import { deepStrictEqual } from 'node:assert/strict';

import type { ChatClient } from '../support/chat-client.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { held } from '../support/faulty-stores.ts';
import { type Gate, gate } from '../support/gate.ts';

const welcome = 'SUCCESS: Welcome bob. You are in lobby.';

scene('who is cut off while kept messages are being read is told why', async (chat) => {
  const alice = await chat.login('alice', 0);
  const shut = holdInbox(chat, 1);
  const bob = await beginLogin(chat, 1);
  await alice.sees('[lobby] Server: bob joined.');
  const stopped = chat.server(1).stop();
  deepStrictEqual(await bob.closes(), [
    welcome,
    'ERROR: This server is stopping. Connect again, or to another server.',
  ]);
  shut.open();
  await stopped;
});

scenes('what was shown before a logout is not shown at a login right after it', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  alice.send('/msg bob hello');
  await bob.reads('[DM] alice: hello');
  // The mark of how far bob has read comes late.
  const shut = gate();
  chat.store(1).arrange(held(shut.opened), 'ReadMarked');
  bob.send('/logout');
  const opening = chat.until(
    () => chat.records('SessionClosed').length > 0 || chat.store(1).appends > 0,
    'the logout',
  );
  await opening;
  shut.open();
  await bob.closes();
  const again = await beginLogin(chat, 0);
  await again.reads(welcome);
  await again.seesNothing();
});

function holdInbox(chat: ChatHarness, server: number): Gate {
  const shut = gate();
  chat.store(server).beforeRead(({ stream }) => (stream === 'inbox:bob' ? shut.opened : undefined));
  return shut;
}

async function beginLogin(chat: ChatHarness, server: number): Promise<ChatClient> {
  const bob = await chat.client(server);
  bob.send('LOGIN bob letmein');
  return bob;
}
