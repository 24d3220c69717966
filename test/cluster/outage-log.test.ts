import { test } from 'tap';

import { until } from '../support/until.ts';
import { startRedisCluster } from './cluster.ts';

interface Line {
  readonly level: number;
  readonly server?: string;
  readonly msg: string;
  readonly reason?: string;
  readonly downMs?: number;
}

const [info, warn] = [30, 40];

await test('an outage of Redis and its end are a line each in the log of a server', async (t) => {
  await using cluster = await startRedisCluster({ servers: 1 });
  const lines = (): readonly Line[] =>
    cluster
      .process(0)
      .output.stderr.split('\n')
      .filter((line) => line.includes('the store is'))
      .map((line) => JSON.parse(line) as Line);
  await cluster.redis.kill9();
  await until(() => lines().length > 0, { what: 'a line', withinMs: 5_000 });
  await cluster.redis.restart();
  await until(() => lines().length > 1, { what: 'another line', withinMs: 5_000 });
  const alice = await cluster.login('alice', 0);
  t.equal(alice.isClosed, false);
  t.match(lines(), [
    { level: warn, server: 'server-0', msg: 'the store is out of reach', reason: /was lost/ },
    { level: info, server: 'server-0', msg: 'the store is back', downMs: Number },
  ]);
  t.equal(lines().length, 2);
});
