import { test } from 'tap';

import { startChatProcess } from '../support/chat-process.ts';
import { startReplicatedRedis } from '../support/replicated-redis.ts';
import { until } from '../support/until.ts';
import { Cluster } from './cluster.ts';

const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';

await test('with --replicas a message is answered by its place only when a replica has it', async (t) => {
  await using redis = await startReplicatedRedis();
  const { primary, replica } = redis;
  await using cluster = new Cluster();
  await cluster.start({ redis: primary.url, name: 'north', args: ['--replicas', '1'] });
  const alice = await cluster.login('alice', 0);
  const bob = await cluster.login('bob', 0);
  await alice.reads('[lobby] Server: bob joined.');
  alice.send('/receipts on', 'first');
  await alice.seesMatching(/^STORED lobby /);
  await bob.reads('[lobby] alice: first');

  await replica.pause();
  alice.send('second');
  await alice.reads(notConfirmed);
  await bob.reads('[lobby] alice: second');
  replica.resume();
  await until(
    async () => {
      alice.send('third');
      return (await alice.seesMatching(/^(STORED lobby|ERROR)/)).line.startsWith('STORED');
    },
    { what: 'messages to be acknowledged again', withinMs: 10_000 },
  );
  t.pass('nothing was acknowledged in between');
});

await test('a server whose Redis has no replica says so, and does not start', async (t) => {
  await using redis = await startReplicatedRedis();
  const { primary } = redis;
  await t.rejects(
    startChatProcess({ redis: primary.url, args: ['--replicas', '2'] }),
    /has 1 of the replicas without which nothing is to be acknowledged/,
  );
});
