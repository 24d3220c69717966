import { StoreUnusable } from '../../core/event-store.ts';
import type { Address } from './address.ts';
import type { Connection } from './connection.ts';
import { RedisRefusal } from './refusal.ts';
import { listOf, textOf } from './reply.ts';
import { settingAdvice } from './setting-advice.ts';

const majorMin = 7;

export const clusterRefused =
  'This Redis is a node of a Redis Cluster, which holds only a part of the keys; use one that ' +
  'stands alone, with replicas if they are wanted.';

export interface GuardOptions {
  /** Of this Redis. */
  readonly address: Address;
  /** The operator accepts that a restart of Redis loses what was answered. */
  readonly acceptLoss: boolean;
}

/**
 * Makes sure that this Redis is one to which facts can be entrusted.
 *
 * @returns what the operator should know, one sentence each
 * @throws {StoreUnusable} with one sentence that says what is wrong and the way out
 */
export async function guard(
  connection: Connection,
  { address, acceptLoss }: GuardOptions,
): Promise<readonly string[]> {
  const info = await infoOf(connection);
  if (info === undefined) {
    return ['Redis does not let INFO be read, so its version and durability could not be checked.'];
  }
  refuseOld(info);
  refuseReplica(info);
  refuseCluster(info);
  const adviceOn = (setting: string): string =>
    settingAdvice(address, setting, info.get('config_file') ?? '');
  refuseEvicting(info, adviceOn);
  if (!acceptLoss) refuseForgetful(info, adviceOn);
  return durabilityWarnings(connection, info);
}

function refuseOld(info: Info): void {
  // Valkey says here which Redis it is compatible with.
  const version = info.get('redis_version') ?? '';
  if (Number.parseInt(version, 10) >= majorMin) return;
  throw new StoreUnusable(
    `This Redis is version ${version || 'unknown'}; use Redis 7.0 or later, or Valkey.`,
  );
}

function refuseReplica(info: Info): void {
  if (info.get('role') !== 'slave') return;
  const primary = `${info.get('master_host')}:${info.get('master_port')}`;
  throw new StoreUnusable(
    `This Redis is a replica, which takes no writes; give the address of its primary, ${primary}.`,
  );
}

function refuseCluster(info: Info): void {
  if (info.get('cluster_enabled') === '1') throw new StoreUnusable(clusterRefused);
}

function refuseEvicting(info: Info, adviceOn: AdviceOn): void {
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return;
  throw new StoreUnusable(
    `This Redis throws data away when its memory is full (maxmemory-policy ${policy}); ` +
      `to forbid it, ${adviceOn('maxmemory-policy noeviction')}`,
  );
}

function refuseForgetful(info: Info, adviceOn: AdviceOn): void {
  if (info.get('aof_enabled') !== '0') return;
  throw new StoreUnusable(
    'This Redis keeps no append-only file, so it would forget the chat when it stops; accept that ' +
      `with --accept-loss, or ${adviceOn('appendonly yes')}`,
  );
}

async function durabilityWarnings(connection: Connection, info: Info): Promise<readonly string[]> {
  const enabled = info.get('aof_enabled');
  if (enabled === '0') {
    return ['Redis keeps no append-only file: when it stops, what was said is lost.'];
  }
  if (enabled === undefined) {
    return ['Whether Redis keeps an append-only file could not be checked.'];
  }
  return fsyncWarnings(connection);
}

async function fsyncWarnings(connection: Connection): Promise<readonly string[]> {
  try {
    const [, value] = listOf(await connection.call('CONFIG', 'GET', 'appendfsync'));
    if (value === undefined || textOf(value) !== 'no') return [];
    return ['Redis leaves it to the system when its append-only file reaches the disk.'];
  } catch (error) {
    if (!(error instanceof RedisRefusal)) throw error;
    return ['How often the append-only file of Redis reaches the disk could not be checked.'];
  }
}

type Info = ReadonlyMap<string, string>;

/** What is to be done for a setting, as the end of a sentence. */
type AdviceOn = (setting: string) => string;

/** Undefined where INFO may not be asked. */
async function infoOf(connection: Connection): Promise<Info | undefined> {
  try {
    const text = textOf(await connection.call('INFO'));
    const lines = [...text.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm)];
    return new Map(lines.map(([, name = '', value = '']) => [name, value]));
  } catch (error) {
    if (error instanceof RedisRefusal && error.code === 'NOPERM') return undefined;
    throw error;
  }
}
