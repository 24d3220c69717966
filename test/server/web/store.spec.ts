import { deepStrictEqual } from 'node:assert/strict';

import { webScene } from '../../support/web-harness.ts';

webScene(
  'whoever is there is told that the store is out of reach, and that it is back',
  async (web) => {
    const alice = await web.login('alice', 0);
    const bob = await web.login('bob', 1);
    const dave = await web.chat.login('dave', 0);
    web.chat.store(0).isReading = false;
    deepStrictEqual(await alice.sees('store'), { type: 'store', reachable: false });
    web.chat.store(0).isReading = true;
    deepStrictEqual(await alice.sees('store', ({ reachable }) => reachable), {
      type: 'store',
      reachable: true,
    });
    await dave.isServed();
    await bob.asks({ type: 'ping' });
    deepStrictEqual(
      [alice, bob].map(({ shown }) => shown.filter(({ type }) => type === 'store').length),
      [2, 0],
      'each change is told once, by the server that it concerns',
    );
  },
);
