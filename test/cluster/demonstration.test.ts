import { type Test, test } from 'tap';
import type { ChatClient } from '../support/chat-client.ts';
import { type Cluster, startEmbeddedCluster, startRedisCluster } from './cluster.ts';
import { greeting, loginOf, welcome } from './words.ts';

const stores = {
  'two server processes on one Redis': () => startRedisCluster(),
  'two servers of one process on the embedded store': () => startEmbeddedCluster(),
  'two server processes on one Redis with 8 partitions': () => startRedisCluster({ partitions: 8 }),
};

for (const [servers, start] of Object.entries(stores)) {
  await test(`people on ${servers} talk, follow each other, and read these very bytes`, async (t) => {
    await using cluster = await start();
    await demonstrate(t, cluster, true);
    await t.test('and so do programs that send no line ends', async (u) =>
      demonstrate(u, cluster, false),
    );
  });
}

async function demonstrate(t: Test, cluster: Cluster, framed: boolean): Promise<void> {
  const alice = await arrive(cluster, 0, framed);
  await alice.asks(loginOf('alice'), welcome('alice'));

  const imposter = await arrive(cluster, 1, framed);
  await imposter.asks(
    loginOf('alice'),
    'ERROR: User already logged in elsewhere.',
    greeting,
    'To end the other session: LOGIN <user> <pass> TAKEOVER',
  );
  await imposter.asks('/quit', 'SUCCESS: Goodbye.');
  await imposter.client.closes();

  const bob = await arrive(cluster, 1, framed);
  await bob.asks(loginOf('bob'), welcome('bob'));
  await alice.hears('[lobby] Server: bob joined.');

  await alice.asks('/join IITKGP', 'SUCCESS: Joined IITKGP');
  await bob.hears('[lobby] Server: alice left.');
  await bob.asks('/join IITKGP', 'SUCCESS: Joined IITKGP');
  await alice.hears('[IITKGP] Server: bob joined.');
  await bob.asks('/rooms', 'Rooms: IITKGP');
  alice.client.send('hello bob, here is nothing but ✓ and text');
  await bob.hears('[IITKGP] alice: hello bob, here is nothing but ✓ and text');

  await alice.asks('/join physics', 'SUCCESS: Joined physics');
  await bob.hears('[IITKGP] Server: alice left.');
  await bob.asks('/join chemistry', 'SUCCESS: Joined chemistry');
  await bob.asks('/rooms', 'Rooms: chemistry, physics');
  await bob.asks('/subscribe alice', 'SUCCESS: Subscribed to alice');
  alice.client.send('is anybody here?');
  await bob.hears('[Subbed] alice: is anybody here?');
  await bob.asks('/unsubscribe alice', 'SUCCESS: Unsubscribed from alice');
  alice.client.send('nobody hears this');
  await alice.asks('/rooms', 'Rooms: chemistry, physics');

  await alice.asks('/logout', 'SUCCESS: Goodbye alice.');
  await alice.client.closes();
  await bob.asks('/logout', 'SUCCESS: Goodbye bob.');
  await bob.client.closes();
  for (const person of [alice, imposter, bob]) t.equal(person.bytes(), person.expected());
}

/** A client, and all bytes that it was sent beside those that it was to be sent. */
interface Person {
  readonly client: ChatClient;
  hears(...lines: readonly string[]): Promise<void>;
  /** Sends a line, and hears these and no others. */
  asks(line: string, ...answer: readonly string[]): Promise<void>;
  bytes(): string;
  expected(): string;
}

async function arrive(cluster: Cluster, server: number, framed: boolean): Promise<Person> {
  const client = await cluster.client(server, { framed });
  const chunks: Buffer[] = [];
  client.stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  let expected = '';
  const hears = async (...lines: readonly string[]): Promise<void> => {
    for (const line of lines) expected += `${line}\n`;
    await client.reads(...lines);
  };
  return {
    client,
    hears,
    asks: async (line, ...answer) => {
      client.send(line);
      await hears(...answer);
    },
    bytes: () => Buffer.concat(chunks).toString(),
    expected: () => expected,
  };
}
