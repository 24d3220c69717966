import { deepStrictEqual } from 'node:assert/strict';

import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { gate } from '../support/gate.ts';

const welcome = 'SUCCESS: Welcome bob. You are in lobby.';

scenes(
  'a direct message reaches its user at once, wherever they are, and nobody else',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.login('bob', 1);
    const eve = await chat.login('eve', 1);
    await alice.sees('[lobby] Server: eve joined.');
    await bob.reads('[lobby] Server: eve joined.');
    alice.send('/msg BOB  two  spaces', '/msg bob /help');
    await bob.reads('[DM] alice:  two  spaces', '[DM] alice: /help');
    await alice.reads('SUCCESS: Sent to bob.', 'SUCCESS: Sent to bob.');
    await chat.settled();
    await eve.seesNothing();
    await alice.seesNothing();
    bob.send('/quit');
    await bob.closes();
    const again = await chat.login('bob', 0);
    await again.seesNothing();
  },
);

scenes(
  'what came for somebody who was away is shown once, in order, after the welcome',
  async (chat) => {
    const senders = [await chat.login('alice', 0), await chat.login('eve', 1)];
    for (let number = 0; number < 6; number++) {
      const sender = senders[number % 2];
      sender?.send(`/msg bob number ${number}`);
      await sender?.sees('SUCCESS: Sent to bob.');
      chat.passTime(10);
    }
    const bob = await chat.client(1);
    bob.send('LOGIN bob letmein');
    await bob.reads(welcome, ...[0, 1, 2, 3, 4, 5].map((n) => dm(n % 2 ? 'eve' : 'alice', n)));
    await bob.seesNothing();
    bob.send('/quit');
    await bob.closes();
    const again = await chat.login('bob', 0);
    await again.seesNothing();
  },
);

scenes('what was shown live is not shown again to who has said anything since', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  alice.send('/msg bob number 1');
  await bob.sees(dm('alice', 1));
  bob.send('');
  await chat.until(() => chat.records('ReadMarked').length > 0, 'the mark');
  bob.vanish();
  await alice.sees('[lobby] Server: bob left.');
  const again = await chat.client(0);
  again.send('LOGIN bob letmein');
  await again.reads(welcome);
  await again.seesNothing();
});

scenes('who is cut off right after a login is shown again what was kept', async (chat) => {
  const alice = await chat.login('alice', 0);
  await sendTo(chat, 'number 1');
  await alice.sees('[lobby] Server: eve left.');
  // The second time, what came live is among it.
  for (const shown of [[dm('eve', 1)], [dm('eve', 1), dm('alice', 2)]]) {
    const bob = await chat.client(1);
    bob.send('LOGIN bob letmein');
    await bob.reads(welcome, ...shown);
    if (shown.length === 1) {
      alice.send('/msg bob number 2');
      await bob.reads(dm('alice', 2));
    }
    bob.vanish();
    await alice.sees('[lobby] Server: bob left.');
  }
  const again = await chat.client(0);
  again.send('LOGIN bob letmein');
  await again.reads(welcome, dm('eve', 1), dm('alice', 2));
  again.send('/quit');
  await again.closes();
  const last = await chat.login('bob', 1);
  await last.seesNothing();
});

scene('what is newer than the login waits until what is older was shown', async (chat) => {
  const alice = await chat.login('alice', 0);
  await sendTo(chat, 'number 1');
  const shut = gate();
  chat.store(1).beforeRead(({ stream }) => (stream === 'inbox:bob' ? shut.opened : undefined));
  const bob = await chat.client(1);
  bob.send('LOGIN bob letmein');
  await alice.sees('[lobby] Server: bob joined.');
  alice.send('hello', '/msg bob number 2');
  await alice.sees('SUCCESS: Sent to bob.');
  await chat.settled();
  shut.open();
  await bob.reads(welcome, dm('eve', 1), '[lobby] alice: hello', dm('alice', 2));
  await bob.seesNothing();
});

scene('what could not be shown at one login is shown at the next', async (chat) => {
  await sendTo(chat, 'number 1');
  const store = chat.store(1);
  store.beforeRead(({ stream }) => {
    if (stream === 'inbox:bob') throw new Error('arranged by a test');
  });
  const bob = await chat.login('bob', 1);
  await bob.seesNothing();
  bob.send('/quit');
  await bob.closes();
  store.mend();
  const again = await chat.client(1);
  again.send('LOGIN bob letmein');
  await again.reads(welcome, dm('eve', 1));
});

scenes('each refusal of a direct message says why', async (chat) => {
  const bob = await chat.login('bob', 0);
  for (const [typed, answer] of [
    ['/msg bob hello', 'You cannot send a message to yourself.'],
    ['/msg nobody hello', 'There is no user nobody.'],
    ['/msg dm hello', 'dm is a name that the server speaks in: take another.'],
    ['/msg', 'Usage: /msg <user> <text>'],
    ['/msg alice', 'Usage: /msg <user> <text>'],
    ['/msg alice  ', 'Usage: /msg <user> <text>'],
    ['/msg alice \u001b[2J', 'There is no text in this message.'],
    [`/msg alice ${'x'.repeat(3_801)}`, 'Message too long (3800 bytes at most).'],
  ] as const) {
    bob.send(typed);
    await bob.reads(`ERROR: ${answer}`);
  }
  deepStrictEqual(chat.records('DirectMessagePosted').length, 0);
  bob.send(`/msg alice ${'x'.repeat(3_800)}`);
  await bob.reads('SUCCESS: Sent to alice.');
});

const dm = (from: string, number: number): string => `[DM] ${from}: number ${number}`;

/** eve sends bob a direct message and goes. */
async function sendTo(chat: ChatHarness, text: string): Promise<void> {
  const eve = await chat.login('eve', 0);
  eve.send(`/msg bob ${text}`, '/quit');
  await eve.sees('SUCCESS: Sent to bob.');
  await eve.closes();
}
