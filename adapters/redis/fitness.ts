import type { Address } from './address.ts';
import type { Connection } from './connection.ts';
import { metaKey } from './keys.ts';
import { RedisRefusal, RedisUnfit } from './refusal.ts';
import { listOf, textOf } from './reply.ts';
import { type ServerInfo, serverInfo } from './server-info.ts';
import { settingAdvice } from './setting-advice.ts';

export interface FitnessOptions {
  /** Of this Redis. */
  readonly address: Address;
  /** The operator accepts that a restart of Redis loses what was answered. */
  readonly acceptLoss: boolean;
}

/**
 * Whether a Redis keeps what it is given. It is asked at the opening, on each new connection, and
 * now and then on the one in use: another may stand at its address, or a hand have changed it.
 */
export class Fitness {
  readonly #options: FitnessOptions;
  readonly #told = new Set<string>();
  #mayAsk = true;

  constructor(options: FitnessOptions) {
    this.#options = options;
  }

  /**
   * Looks at the Redis behind a new connection.
   *
   * @returns what the operator should know and was not told yet, one sentence each
   * @throws {RedisUnfit} with one sentence that says what is wrong and the way out
   */
  async check(connection: Connection): Promise<readonly string[]> {
    const info = await serverInfo(connection);
    this.#mayAsk = info !== undefined;
    if (info !== undefined) this.#refuse(info);
    const warnings = await durabilityWarnings(connection, info);
    const news = warnings.filter((warning) => !this.#told.has(warning));
    for (const warning of news) this.#told.add(warning);
    return news;
  }

  /** The same for one behind which there was a log before. @throws {RedisUnfit} */
  async checkReturned(connection: Connection): Promise<readonly string[]> {
    return refusingEmpty(connection, () => this.check(connection));
  }

  /** Looks again through a connection in use, where it may be looked. @throws {RedisUnfit} */
  async checkAgain(connection: Connection): Promise<void> {
    const info = this.#mayAsk ? await serverInfo(connection) : undefined;
    if (info !== undefined) this.#refuse(info);
  }

  #refuse(info: ServerInfo): void {
    const { address, acceptLoss } = this.#options;
    const adviceOn = (setting: string): string =>
      settingAdvice(address, setting, info.get('config_file') ?? '');
    const policy = info.get('maxmemory_policy') ?? 'noeviction';
    if (policy !== 'noeviction') {
      throw new RedisUnfit(
        'evicting',
        `This Redis throws data away when its memory is full (maxmemory-policy ${policy}); ` +
          `to forbid it, ${adviceOn('maxmemory-policy noeviction')}`,
      );
    }
    if (!acceptLoss && info.get('aof_enabled') === '0') {
      throw new RedisUnfit(
        'forgetful',
        'This Redis keeps no append-only file, so it would forget the chat when it stops; accept ' +
          `that with --accept-loss, or ${adviceOn('appendonly yes')}`,
      );
    }
  }
}

/** To turn the file on in a Redis that did not read it is to write it anew, without the chat. */
async function refusingEmpty<T>(connection: Connection, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const isForgetful = error instanceof RedisUnfit && error.unfitness === 'forgetful';
    if (!isForgetful || (await connection.call('EXISTS', metaKey)) === 1) throw error;
    throw new RedisUnfit(
      'forgetful',
      'This Redis came back empty, and without its append-only file; stop it, and start it with ' +
        'appendonly yes. To turn that on while it runs would write the file anew, without the chat.',
    );
  }
}

async function durabilityWarnings(
  connection: Connection,
  info: ServerInfo | undefined,
): Promise<readonly string[]> {
  if (info === undefined) {
    return ['Redis does not let INFO be read, so its version and durability could not be checked.'];
  }
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
