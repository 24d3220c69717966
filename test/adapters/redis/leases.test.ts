import { test } from 'tap';

import { leaseMs } from '../../../core/lease-store.ts';
import type { LeaseStore } from '../../../core/lease-store.ts';
import { until } from '../../support/until.ts';
import { opened, redisFor } from './opened.ts';

const waitMs = async (ms: number): Promise<void> => {
  const endsAt = performance.now() + ms;
  await until(() => performance.now() >= endsAt, { what: 'time to pass', withinMs: ms + 5_000 });
};

/** How whole the link is, once Redis answers again. */
async function wholeMs(leases: LeaseStore): Promise<number> {
  return until(
    async () => {
      const { linkWholeMs } = await leases.look(['a']);
      return { linkWholeMs };
    },
    { what: 'a look', withinMs: 10_000 },
  ).then(({ linkWholeMs }) => linkWholeMs);
}

await test('the link is as whole as it has been open', async (t) => {
  const redis = await redisFor(t);
  const openedAt = performance.now();
  const { leases } = await opened(t, redis);
  await waitMs(1_500);
  const { linkWholeMs } = await leases.look([]);
  const openMs = performance.now() - openedAt;
  t.ok(linkWholeMs > 1_000 && linkWholeMs <= openMs, `${linkWholeMs} of ${openMs} ms`);
});

await test('a restart of Redis makes the link a new one, though leases come back', async (t) => {
  const redis = await redisFor(t, { appendfsync: 'always' });
  const { leases } = await opened(t, redis);
  await leases.take('a', 'token');
  await waitMs(1_500);
  await redis.restart();
  const restartedAt = performance.now();
  const linkWholeMs = await wholeMs(leases);
  t.ok(linkWholeMs <= performance.now() - restartedAt + 100, `${linkWholeMs} ms`);
});

await test('a stop of Redis that outlasts the leases makes the link a new one', async (t) => {
  const redis = await redisFor(t);
  const { leases } = await opened(t, redis);
  await leases.take('a', 'token');
  await waitMs(1_000);
  await redis.pause();
  await waitMs(leaseMs + 1_000);
  await Promise.all([
    t.rejects(leases.look(['a']), { name: 'StoreUnreachable' }),
    t.rejects(leases.refresh('a', 'token'), { name: 'StoreUnreachable' }),
  ]);
  redis.resume();
  const resumedAt = performance.now();
  const linkWholeMs = await wholeMs(leases);
  const sinceMs = performance.now() - resumedAt;
  t.ok(linkWholeMs <= sinceMs, `${linkWholeMs} of ${sinceMs} ms`);
  const { held } = await leases.look(['a']);
  t.equal(held.size, 0, 'the lease is gone, and proves nothing');
  t.equal(await leases.refresh('a', 'token'), true);
});

await test('a stop of this process makes the link a new one', async (t) => {
  const redis = await redisFor(t);
  const { leases } = await opened(t, redis);
  const isOld = async (): Promise<boolean> => (await leases.look([])).linkWholeMs > 1_000;
  await until(isOld, { what: 'a link that is whole', withinMs: 20_000 });
  const endsAt = performance.now() + 3_000;
  while (performance.now() < endsAt);
  const { linkWholeMs } = await leases.look([]);
  const sinceMs = performance.now() - endsAt;
  t.ok(linkWholeMs <= sinceMs, `${linkWholeMs} of ${sinceMs} ms`);
});
