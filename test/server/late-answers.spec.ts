import { deepStrictEqual } from 'node:assert/strict';

import { scene, scenes } from '../support/chat-harness.ts';
import { type AppendFault } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';
const authRequired = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const answeredMsMax = 3_000;

scene(
  'what the store has taken but cannot be read from it is answered in time, and shown later',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    const alice = await chat.login('alice', 0);
    const dave = await chat.login('dave', 0);
    const eve = await chat.client(0);
    await alice.reads('[lobby] Server: dave joined.');
    await bob.sees('[lobby] Server: dave joined.');
    chat.store(0).withhold();
    const askedAt = performance.now();
    alice.send('one', 'two');
    await chat.until(() => chat.records('MessagePosted').length === 2, 'both to be stored');
    dave.send('/join attic');
    eve.send('LOGIN eve qwerty');
    await alice.reads(notConfirmed, notConfirmed);
    await dave.reads(notConfirmed);
    await eve.reads(notConfirmed, authRequired);
    const tookMs = performance.now() - askedAt;
    deepStrictEqual(tookMs < answeredMsMax, true, `answered after ${tookMs} ms`);
    const shown = await bob.sees('[lobby] Server: eve joined.');
    deepStrictEqual(
      shown.filter((line) => line.startsWith('[lobby] alice: ')),
      ['[lobby] alice: one', '[lobby] alice: two'],
    );

    chat.store(0).deliver();
    await dave.sees('SUCCESS: Joined attic');
    await bob.reads('[lobby] Server: eve left.');
    eve.send('LOGIN eve qwerty');
    await eve.reads('SUCCESS: Welcome eve. You are in lobby.');
    alice.send('/receipts on', 'three');
    await alice.sees('SUCCESS: Receipts on.');
    await alice.seesMatching(/^STORED lobby \S+ \d+$/);
  },
);

scenes('what has been shown to be stored is not said to be unconfirmed as well', async (chat) => {
  const shut = gate();
  const answeredTooLate: AppendFault = async (append) => {
    await append();
    await shut.opened;
    return { status: 'unknown' };
  };
  const alice = await chat.login('alice', 0);
  for (const [type, command, answer] of [
    ['RoomJoined', '/join attic', 'SUCCESS: Joined attic'],
    ['UserSubscribed', '/subscribe bob', 'SUCCESS: Subscribed to bob'],
    ['DirectMessagePosted', '/msg bob hello', 'SUCCESS: Sent to bob.'],
  ] as const) {
    chat.store(0).arrange(answeredTooLate, type);
    alice.send(command, '/who attic');
    await alice.reads(answer, 'In attic: alice');
  }
  shut.open();
  await alice.seesNothing();
});
