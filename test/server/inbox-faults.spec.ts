import { deepStrictEqual } from 'node:assert/strict';

import type { ChatClient } from '../support/chat-client.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { commitTo, directMessagePosted } from '../support/events.ts';
import { held } from '../support/faulty-stores.ts';
import { type Gate, gate } from '../support/gate.ts';

const welcome = 'SUCCESS: Welcome bob. You are in lobby.';

scene('what came while older messages were being read is shown once', async (chat) => {
  const alice = await chat.login('alice', 0);
  const shut = holdInbox(chat, 1);
  const bob = await beginLogin(chat, 1);
  await alice.sees('[lobby] Server: bob joined.');
  alice.send('/msg bob hello');
  await alice.sees('SUCCESS: Sent to bob.');
  await chat.settled();
  shut.open();
  await bob.reads(welcome, '[DM] alice: hello');
  bob.send('/quit');
  await bob.closes();
  const again = await beginLogin(chat, 0);
  await again.reads(welcome);
  await again.seesNothing();
});

scene(
  'who vanishes before the kept messages were shown is shown them at the next login',
  async (chat) => {
    await keep(chat, 'hello');
    const alice = await chat.login('alice', 0);
    const shut = holdInbox(chat, 1);
    const bob = await beginLogin(chat, 1);
    await alice.sees('[lobby] Server: bob joined.');
    bob.vanish();
    await alice.sees('[lobby] Server: bob left.');
    shut.open();
    const again = await beginLogin(chat, 0);
    await again.reads(welcome, '[DM] eve: hello');
  },
);

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

const more = '[DM] Server: More messages wait for you. Your next login shows them.';

scenes('of many long kept messages a thousand are shown, and told that more wait', async (chat) => {
  const texts = Array.from({ length: 1_100 }, (_, number) => `${number} ${'x'.repeat(3_700)}`);
  await keep(chat, ...texts);
  const bob = await beginLogin(chat, 0);
  await bob.reads(welcome, ...texts.slice(0, 1_000).map((text) => `[DM] eve: ${text}`), more);
  bob.send('/quit');
  await bob.closes();
  const again = await beginLogin(chat, 1);
  await again.reads(welcome, ...texts.slice(1_000).map((text) => `[DM] eve: ${text}`));
  await again.seesNothing();
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

scene('what comes before a mark, but after what it marks, is not lost', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  const shut = gate();
  const store = chat.store(1);
  const before = store.appends;
  store.arrange(held(shut.opened), 'ReadMarked');
  alice.send('/msg bob one');
  await bob.reads('[DM] alice: one');
  bob.send('');
  await chat.until(() => store.appends > before, 'the mark to be on its way');
  bob.vanish();
  await chat.until(() => bob.isClosed, 'the connection to end');
  alice.send('/msg bob two');
  await alice.sees('SUCCESS: Sent to bob.');
  await alice.sees('SUCCESS: Sent to bob.');
  shut.open();
  await alice.sees('[lobby] Server: bob left.');
  const again = await beginLogin(chat, 0);
  await again.reads(welcome, '[DM] alice: two');
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

/** Direct messages of eve's, for bob to read when he comes. */
async function keep(chat: ChatHarness, ...texts: readonly string[]): Promise<void> {
  const messages = texts.map((text) => directMessagePosted('eve', 'bob', text));
  await chat
    .store(0)
    .writer('tool', 0)
    .append(commitTo('direct:bob:eve', ...messages));
}
