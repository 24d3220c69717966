import { deepStrictEqual } from 'node:assert/strict';

import { demoAccounts } from '../../../server/start.ts';
import { webScenes } from '../../support/web-harness.ts';

webScenes(
  'a server that has just started has at hand what those missed who come back to it',
  async (web) => {
    const { chat } = web;
    const [, ...others] = demoAccounts.map(({ user }) => user);
    const speaker = await web.login('alice', 0);
    const clients = await Promise.all(others.map((user) => web.login(user, 0)));
    await chat.settled();
    for (const client of clients) {
      await client.asks({ type: 'ping' });
      client.vanish();
    }
    const isDetached = (): boolean => chat.records('SessionDetached').length === clients.length;
    await chat.until(isDetached, 'the sessions to be detached');
    for (const text of ['one', 'two']) await speaker.say('lobby', text);
    await web.startServer();
    const reads = chat.store(1).readsOfAll;
    const again = await Promise.all(clients.map((client) => web.resume(client, 1)));
    for (const { shown } of again)
      deepStrictEqual(
        shown.flatMap((frame) => (frame.type === 'message' ? [frame.text] : [])),
        ['one', 'two'],
      );
    deepStrictEqual(chat.store(1).readsOfAll, reads);
  },
  { servers: 1 },
);
