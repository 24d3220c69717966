import { StoreUnusable } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import type { Fitness } from './fitness.ts';
import { RedisUnfit } from './refusal.ts';
import { type ServerInfo, serverInfo } from './server-info.ts';

const majorMin = 7;

export const clusterRefused =
  'This Redis is a node of a Redis Cluster, which holds only a part of the keys; use one that ' +
  'stands alone, with replicas if they are wanted.';

/**
 * Makes sure that this Redis is one to which facts can be entrusted.
 *
 * @param replicas that it must have
 * @returns what the operator should know, one sentence each
 * @throws {StoreUnusable} with one sentence that says what is wrong and the way out
 */
export async function guard(
  connection: Connection,
  fitness: Fitness,
  replicas: number,
): Promise<readonly string[]> {
  const info = await serverInfo(connection);
  if (info !== undefined) {
    refuseOld(info);
    refuseReplica(info);
    refuseCluster(info);
    refuseAlone(info, replicas);
  }
  try {
    return await fitness.check(connection);
  } catch (error) {
    if (error instanceof RedisUnfit) throw new StoreUnusable(error.message);
    throw error;
  }
}

function refuseOld(info: ServerInfo): void {
  // Valkey says here which Redis it is compatible with.
  const version = info.get('redis_version') ?? '';
  if (Number.parseInt(version, 10) >= majorMin) return;
  throw new StoreUnusable(
    `This Redis is version ${version || 'unknown'}; use Redis 7.0 or later, or Valkey.`,
  );
}

function refuseReplica(info: ServerInfo): void {
  if (info.get('role') !== 'slave') return;
  const primary = `${info.get('master_host')}:${info.get('master_port')}`;
  throw new StoreUnusable(
    `This Redis is a replica, which takes no writes; give the address of its primary, ${primary}.`,
  );
}

function refuseCluster(info: ServerInfo): void {
  if (info.get('cluster_enabled') === '1') throw new StoreUnusable(clusterRefused);
}

function refuseAlone(info: ServerInfo, replicas: number): void {
  const connected = Number(info.get('connected_slaves') ?? 0);
  if (connected >= replicas) return;
  throw new StoreUnusable(
    `This Redis has ${connected} of the replicas without which nothing is to be acknowledged; ` +
      `connect more to it, or give less than --replicas ${replicas}.`,
  );
}
