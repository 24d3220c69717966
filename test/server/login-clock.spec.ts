import { deepStrictEqual } from 'node:assert/strict';

import { scene } from '../support/chat-harness.ts';
import { gate } from '../support/gate.ts';

const timedOut = 'ERROR: Login timed out.';
const options = { loginMs: 300 };

scene(
  'who does not log in in time is told so and cut off, whatever else they send',
  async (chat) => {
    const silent = await chat.client(0);
    const busy = await chat.client(0);
    const first = performance.now();
    while (!busy.isClosed && performance.now() - first < 5_000) {
      busy.send('/help');
      await Promise.race([busy.seesMatching(/^\/quit/).catch(() => {}), busy.closes()]);
    }
    deepStrictEqual(await silent.closes(), [timedOut]);
    deepStrictEqual(busy.isClosed, true);
  },
  options,
);

scene(
  'the clock stands still while a password is checked',
  async (chat) => {
    const shut = gate();
    chat.hasher.gate = shut.opened;
    const alice = await chat.client(0);
    alice.send('LOGIN alice password123');
    const silent = await chat.client(0);
    const later = await silent.closes();
    deepStrictEqual(later, [timedOut]);
    const another = await chat.client(0);
    await another.closes();
    shut.open();
    await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
  },
  options,
);

scene(
  'the clock stands still while an attempt is held back for the failures before it',
  async (chat) => {
    const address = '203.0.113.9';
    const alice = await chat.client(0, { address });
    // The next attempt is held back for 500 ms.
    for (let failure = 0; failure < 4; failure++)
      chat.server(0).throttle.begin(address, 'nobody').end('failed');
    alice.send('LOGIN alice password123');
    await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
  },
  options,
);

scene(
  'a stranger who has themselves kept waiting is cut off at last',
  async (chat) => {
    const shut = gate();
    chat.hasher.gate = shut.opened;
    const alice = await chat.client(0);
    alice.send('LOGIN alice wrong');
    deepStrictEqual(await alice.closes(), [timedOut]);
    shut.open();
    const stubborn = await chat.client(0);
    const lines = Array.from({ length: 1_000 }, () => 'LOGIN alice wrong');
    stubborn.send(...lines);
    deepStrictEqual((await stubborn.closes()).at(-1), timedOut);
    deepStrictEqual(chat.records('SessionOpened').length, 0);
  },
  { ...options, loginHeldMs: 500 },
);

scene(
  'the clock goes on after a login that failed, from where it stood',
  async (chat) => {
    const alice = await chat.client(0);
    alice.send('LOGIN alice wrong');
    await alice.reads('ERROR: Invalid credentials.', 'AUTH_REQUIRED: LOGIN <user> <pass>');
    deepStrictEqual(await alice.closes(), [timedOut]);
  },
  options,
);

scene(
  'there is no clock after a login',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const silent = await chat.client(0);
    await silent.closes();
    const another = await chat.client(0);
    await another.closes();
    await alice.seesNothing();
  },
  options,
);
