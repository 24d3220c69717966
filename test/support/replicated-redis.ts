import { type RedisProcess, startRedis } from './redis-process.ts';
import { until } from './until.ts';

const followsWithinMs = 20_000;

/** A Redis and its replica, which has all that it has. */
export interface ReplicatedRedis extends AsyncDisposable {
  readonly primary: RedisProcess;
  readonly replica: RedisProcess;
}

/** Starts both; each flushes its append-only file at once. */
export async function startReplicatedRedis(): Promise<ReplicatedRedis> {
  const appendfsync = 'always';
  const args = ['--repl-diskless-sync-delay', '0'];
  const primary = await startRedis({ appendfsync, args });
  const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replica = await startRedis({ appendfsync, args: replicaOf });
  await until(
    async () => /state=online/.test(String(await primary.command('INFO', 'replication'))),
    { what: 'the replica to follow', withinMs: followsWithinMs },
  );
  return {
    primary,
    replica,
    async [Symbol.asyncDispose]() {
      await replica[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
    },
  };
}
