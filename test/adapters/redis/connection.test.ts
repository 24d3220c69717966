import { test } from 'tap';

import { parseAddress } from '../../../adapters/redis/address.ts';
import { Connection } from '../../../adapters/redis/connection.ts';
import { ConnectionLost } from '../../../adapters/redis/refusal.ts';
import { StoreUnreachable } from '../../../core/event-store.ts';
import { until } from '../../support/until.ts';
import { opened, proxyFor, redisFor } from './opened.ts';

const rounds = 20;

await test('whoever hears that a connection is lost finds it lost', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const url = `redis://127.0.0.1:${proxy.port}`;
  for (let round = 0; round < rounds; round++) {
    const connection = await Connection.open(parseAddress(url));
    let answers = 0;
    const asking = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (;;) {
          try {
            await connection.call('PING');
            answers += 1;
          } catch (error) {
            return error instanceof ConnectionLost && connection.isLost;
          }
        }
      }),
    );
    await until(() => answers > 100, { what: 'some answers', withinMs: 5_000 });
    proxy.reset();
    t.strictSame(await asking, [true, true, true, true]);
  }
});

await test('an answer that has come counts, though this process was too busy to see it', async (t) => {
  const redis = await redisFor(t);
  const connection = await Connection.open(parseAddress(redis.url));
  t.teardown(() => connection.drop('the test is over'));
  const withinMs = 200;
  for (let round = 0; round < 5; round++) {
    const answered = connection.callWithin(withinMs, 'PING');
    // Once it is sent.
    await new Promise((resolve) => setImmediate(resolve));
    const endsAt = performance.now() + 2 * withinMs;
    while (performance.now() < endsAt);
    t.equal(String(await answered), 'PONG');
  }
  await redis.pause();
  await t.rejects(connection.callWithin(withinMs, 'PING'), ConnectionLost);
  redis.resume();
});

await test('reads do not hold this process up while Redis dies and comes back', async (t) => {
  const redis = await redisFor(t);
  const { events } = await opened(t, redis);
  const over = new AbortController();
  let reads = 0;
  const reading = Array.from({ length: 50 }, async () => {
    while (!over.signal.aborted) {
      try {
        await events.readAll(0, 1, 10);
        reads += 1;
      } catch (error) {
        if (!(error instanceof StoreUnreachable)) throw error;
      }
    }
  });
  // How much this process computes at one turn: unlike how long that takes, this is its own doing.
  let [mostMs, before] = [0, process.cpuUsage()];
  const turns = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    mostMs = Math.max(mostMs, (user + system) / 1_000);
  }, 1);
  for (let round = 0; round < 5; round++) {
    const readBefore = reads;
    await until(() => reads > readBefore + 100, { what: 'some reads', withinMs: 10_000 });
    await redis.kill9();
    await redis.restart();
  }
  over.abort();
  await Promise.all(reading);
  clearInterval(turns);
  // A deadline of 3 s was once spent in asking a connection that had just been lost.
  t.ok(mostMs < 2_000, `no more than ${Math.round(mostMs)} ms at once`);
});
