import { deepStrictEqual, rejects } from 'node:assert/strict';

import { commitOf } from '../../server/appender.ts';
import { endIncarnation } from '../../server/incarnation-end.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import { serverStream } from '../../core/stream.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { held, unavailable } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

scene(
  'an end that was only begun is completed in every partition',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    const bob = await chat.login('bob', 1);
    await declareLostAtHome(chat, 0);
    await alice.closes();
    await bob.sees('[lobby] Server: alice left.');
    const { partitions } = chat.log;
    await chat.until(
      () => chat.records('ServerLost').length === partitions.length,
      'the whole end',
    );
  },
  { partitions: 8 },
);

scene(
  'an end that cannot be carried to all partitions at once is carried there later',
  async (chat) => {
    await chat.login('alice', 0);
    await declareLostAtHome(chat, 0);
    for (const number of [0, 1]) chat.store(number).arrange(unavailable, 'ServerLost', 9);
    const { partitions } = chat.log;
    await chat.until(
      () => chat.records('ServerLost').length === partitions.length,
      'the whole end',
    );
  },
  { partitions: 8 },
);

scene(
  'a server completes its own end, if nobody else is there to do so',
  async (chat) => {
    await chat.login('alice', 0);
    await declareLostAtHome(chat, 0);
    const { partitions } = chat.log;
    await chat.until(
      () => chat.records('ServerLost').length === partitions.length,
      'the whole end',
    );
    await chat.until(() => chat.server(0).incarnation > 1, 'a new incarnation');
    await chat.settled();
    deepStrictEqual(chat.server(0).follower.view.sessions.bySession.size, 0);
    deepStrictEqual(chat.server(0).follower.view.rooms.byRoom.size, 0);
  },
  { partitions: 8, servers: 1 },
);

scene(
  'a server that starts completes an end that was only begun',
  async (chat) => {
    await chat.login('alice', 0);
    chat.store(0).withhold();
    await declareLostAtHome(chat, 0);
    await chat.startServer({});
    const { partitions } = chat.log;
    await chat.until(
      () => chat.records('ServerLost').length === partitions.length,
      'the whole end',
    );
    await chat.until(
      () => chat.server(1).follower.view.rooms.byRoom.size === 0,
      'the rooms to be empty',
    );
  },
  { partitions: 8, servers: 1 },
);

scenes(
  'of two servers that declare a third lost at the same moment, one does',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    const alice = await chat.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    const { options, incarnation } = chat.server(0);
    chat.passTime(6_000);
    const ending = { type: 'DeclareLost', server: options.name, incarnation } as const;
    await Promise.all([1, 2].map((number) => endIncarnation(chat.store(number), ending)));
    await alice.closes();
    await chat.settled();
    deepStrictEqual(chat.records('ServerLost').length, chat.log.partitions.length);
    await bob.reads('[lobby] Server: alice left.');
    await bob.seesNothing();
  },
  { servers: 3 },
);

scene('a server that stops while it begins anew stays stopped', async (chat) => {
  const server = chat.server(0);
  chat.passTime(6_000);
  await endIncarnation(chat.store(1), {
    type: 'DeclareLost',
    server: server.options.name,
    incarnation: server.incarnation,
  });
  await chat.until(() => server.isEnding, 'the server to begin anew');
  await server.stop();
  await chat.settled(0);
  const running = chat.server(1).follower.view.servers;
  deepStrictEqual(running.has(server.options.name), false);
});

scene('a server begins anew at once, though it held its lease until then', async (chat) => {
  const server = chat.server(0);
  const { incarnation } = server;
  const { leases } = chat.store(0);
  const take = leases.take.bind(leases);
  const isTaken: boolean[] = [];
  leases.take = async (...asked) => {
    const taken = await take(...asked);
    isTaken.push(taken);
    return taken;
  };
  await endIncarnation(chat.store(1), {
    type: 'DeclareLost',
    server: server.options.name,
    incarnation,
  });
  await chat.until(() => server.incarnation > incarnation, 'a new incarnation');
  deepStrictEqual(isTaken, [true]);
});

scene('a stop that the log takes no word of is told as a failure', async (chat) => {
  chat.store(0).arrange(unavailable, 'ServerStopped');
  await rejects(chat.server(0).stop(), StoreUnreachable);
  chat.passTime(6_000);
});

scene('who connects while a server begins anew is sent away', async (chat) => {
  const server = chat.server(0);
  const shut = gate();
  chat.store(0).arrange(held(shut.opened), 'ServerStarted');
  await declareLostAtHome(chat, 0);
  await chat.until(() => server.isEnding, 'the server to begin anew');
  const early = await chat.client(0);
  deepStrictEqual(await early.closes(), [
    'ERROR: This server was out of touch with the others. Log in again.',
  ]);
  shut.open();
  await chat.until(() => !server.isEnding, 'a new incarnation');
  await chat.login('alice', 0);
});

/** As a server does that dies right after. */
async function declareLostAtHome(chat: ChatHarness, server: number): Promise<void> {
  const { options, incarnation } = chat.server(server);
  const { name } = options;
  chat.passTime(6_000);
  const event = { type: 'ServerLost', data: { server: name, incarnation } } as const;
  const part = { stream: serverStream(name), expected: 'any', events: [event] } as const;
  const commit = commitOf({ server: 'other', incarnation: 0 }, [part]);
  await chat
    .store(server)
    .writer('other', 0)
    .append({ ...commit, ends: { server: name, incarnation } });
}
