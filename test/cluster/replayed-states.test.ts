import { readFileSync } from 'node:fs';
import { type Test, test } from 'tap';

import { openRedis } from '../../adapters/redis/event-store.ts';
import { foldTo } from '../../cli/replay/fold-log.ts';
import type { EventStore } from '../../core/event-store.ts';
import { partitionOf, serverStream } from '../../core/stream.ts';
import { hashedStateOf } from '../../server/state-hash.ts';
import { freePort } from '../support/free-port.ts';
import { RandomUser, seeded } from '../support/random-users.ts';
import { until, within } from '../support/until.ts';
import { type Ask, askerOf } from '../support/web-client.ts';
import { type RedisCluster, startRedisCluster } from './cluster.ts';

const users = ['alice', 'bob', 'dave', 'eve'];
const roundsBeforeAndAfter = 10;
const actionsEach = 6;
const answersWithinMs = 60_000;
/** It is found after ten seconds, on a machine that has the time. */
const lostWithinMs = 60_000;

interface Told {
  readonly server: string;
  readonly positions: readonly number[];
  readonly sha256: string;
}

for (const partitions of [1, 3]) {
  await test(`servers in processes of their own have the states of a replay, while people talk and after a kill -9 (partitions: ${partitions})`, async (t) => {
    const random = seeded(Date.now());
    await using cluster = await startRedisCluster({
      servers: 0,
      partitions,
      messagesPerSecond: 1_000,
    });
    const asks: Ask[] = [await startAsked(cluster), await startAsked(cluster)];
    const stores = await openRedis({ url: cluster.redis.url });
    const { events } = stores;
    let alive: readonly number[] = [0, 1];
    const crowd = users.map((name, number) => {
      // So that the one that is killed holds somebody.
      const servers = () => (number < 2 && alive.includes(1) ? [1] : alive);
      return new RandomUser(cluster, name, { others: users, random, servers });
    });
    const act = async (): Promise<void> => {
      await within(Promise.all(crowd.map(live)), answersWithinMs, 'everybody to be answered');
    };
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < roundsBeforeAndAfter; round++) {
        const acting = act();
        for (const server of alive) await sameAsReplayed(t, events, asks[server]);
        await acting;
      }
    };
    await rounds();
    alive = [0];
    const acting = act();
    await cluster.process(1).kill9();
    await acting;
    for (const user of crowd) if (user.server === 1) user.cutOff();
    await lost(events, 'server-1');
    asks.push(await startAsked(cluster));
    alive = [0, 2];
    await rounds();
    await stores.close();
  });
}

async function live(user: RandomUser): Promise<void> {
  for (let action = 0; action < actionsEach; action++) await user.act();
}

/** One more server, and who asks at its web port. */
async function startAsked(cluster: RedisCluster): Promise<Ask> {
  const port = await freePort();
  const { ca } = await cluster.startServer({ webPorts: [port] });
  return askerOf(port, readFileSync(ca));
}

/** What the server knows at the places that it tells is what a replay up to there has. */
async function sameAsReplayed(t: Test, events: EventStore, ask: Ask | undefined): Promise<void> {
  if (ask === undefined) throw new Error('there is no such server');
  const { body } = await ask('/state-hash');
  const { server, positions, sha256 } = JSON.parse(body) as Told;
  const replayed = hashedStateOf(await foldTo(events, positions), server).hash;
  t.equal(sha256, replayed, `${server} at ${positions.join()}`);
}

async function lost(events: EventStore, server: string): Promise<void> {
  const stream = serverStream(server);
  const partition = partitionOf(stream, events.info.partitions);
  const isLost = async (): Promise<boolean> => {
    const query = { stream, partition, direction: 'backwards', limit: 1 } as const;
    const [last] = await events.readStream(query);
    return last?.event.type === 'ServerLost';
  };
  await until(isLost, { what: `${server} to be found lost`, withinMs: lostWithinMs });
}
