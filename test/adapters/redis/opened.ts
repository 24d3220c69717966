import type { Test } from 'tap';

import { openRedis, type RedisStoreOptions } from '../../../adapters/redis/event-store.ts';
import { StoreUnreachable } from '../../../core/event-store.ts';
import type { Recorded } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { type RedisOptions, type RedisProcess, startRedis } from '../../support/redis-process.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import { Collector, startOf } from '../contract/collector.ts';

/** A Redis of the test's own, that ends with it. */
export async function redisFor(t: Test, options: RedisOptions = {}): Promise<RedisProcess> {
  const redis = await startRedis(options);
  t.teardown(() => redis[Symbol.asyncDispose]());
  return redis;
}

/** A network of the test's own before a Redis. */
export async function proxyFor(t: Test, redis: RedisProcess): Promise<TcpProxy> {
  const proxy = await startTcpProxy(redis.port);
  t.teardown(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

/** The stores in a Redis, opened as a process of its own would; by its port or its address. */
export async function opened(
  t: Test,
  where: { readonly port: number },
  options: Partial<RedisStoreOptions> = {},
): Promise<Stores> {
  const stores = await openRedis({ url: `redis://127.0.0.1:${where.port}`, ...options });
  t.teardown(() => stores.close());
  return stores;
}

/** All records of a partition; tried again while the store is out of reach, for 20 s at most. */
export async function allRecords({ events }: Stores, partition = 0): Promise<readonly Recorded[]> {
  return until(
    async () => {
      try {
        return await events.readAll(partition, 1, 1_000_000);
      } catch (error) {
        if (error instanceof StoreUnreachable) return undefined;
        throw error;
      }
    },
    { what: 'the log to be readable', withinMs: 20_000 },
  );
}

/** Follows a store's first partition from its beginning. */
export function follow({ events }: Stores, group = 'reader:1'): Collector {
  const collector = new Collector(startOf([0]));
  events.subscribe(group, startOf([0]), collector);
  return collector;
}

/** Waits until a subscriber holds so many records. */
export async function holds(
  collector: Collector,
  howMany: number,
  withinMs = 20_000,
): Promise<void> {
  await until(() => collector.size >= howMany, {
    what: `${howMany} records at a subscriber (it holds ${collector.size})`,
    withinMs,
  });
}
