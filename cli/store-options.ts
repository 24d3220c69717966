import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress } from '../adapters/redis/address.ts';
import type { SealingOptions } from '../adapters/sealing/seal-stores.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { StoreUnusable } from '../core/event-store.ts';
import { partitionsMax } from '../core/limits.ts';
import type { Environment, Flag, Settings } from './settings.ts';

const group = 'Where the log is kept';

export const storeFlags = {
  data: { argument: 'DIR', group, about: 'in this folder (default: ./data)' },
  redis: {
    argument: 'URL',
    group,
    about: 'in this Redis instead; a URL with a password belongs into REDIS_URL',
  },
  partitions: {
    argument: 'N',
    group,
    about: 'how many partitions a new log gets; fixed from then on (default: 1)',
  },
  replicas: {
    argument: 'N',
    group,
    about: 'so many replicas of Redis must have what is acknowledged (default: 0)',
  },
  'master-key-file': {
    argument: 'FILE',
    group,
    about:
      'the key that seals what people write, shared by all servers (default: master.key in the data folder, made there); SECURECHAT_MASTER_KEY may hold the key itself',
  },
  seal: {
    argument: 'HOW',
    group,
    about: 'keep what people write sealed: on or off (default: on where there is a master key)',
  },
  'accept-loss': { group, about: 'use a Redis even if it may lose what it was given' },
} as const satisfies Record<string, Flag>;

export type StoreFlag = keyof typeof storeFlags;

/** Redis lets a replica have replicas: nobody has as many at one primary. */
const replicasMax = 16;

/** Where the log is kept. */
export type StoreOptions = {
  /** For a log that does not exist yet; absent: 1, or what the log has. */
  readonly partitions?: number;
  /** Absent: what people write is kept as it is. */
  readonly sealing?: SealingOptions;
} & (
  | { readonly kind: 'embedded'; readonly dir: string }
  | {
      readonly kind: 'redis';
      /** May hold a password: it is never shown. */
      readonly url: string;
      readonly acceptLoss: boolean;
      /** How many of its replicas must have what is acknowledged; absent: 0. */
      readonly replicas?: number;
    }
);

/**
 * Which store is meant: `--redis` or `--data` if one is given, or else what the environment says.
 * Problems go to `settings.problems`; none of them repeats a URL.
 */
export function parseStoreOptions<Name extends string>(
  settings: Settings<Name | StoreFlag>,
  env: Environment,
): StoreOptions {
  const partitions = settings.integer('partitions', 1, partitionsMax);
  const acceptLoss = settings.isOn('accept-loss');
  const replicas = settings.integer('replicas', 0, replicasMax);
  const dir = settings.text('data') ?? './data';
  const sources = redisSources(settings, env);
  const data = settings.given('data');
  const [source] = sources;
  if (sources.length > 1 || (data !== undefined && source !== undefined)) {
    const named = [...sources.map(({ name }) => name), ...(data ? [data.source] : [])];
    settings.problems.push(`Only one store can be used, but ${named.join(' and ')} are given.`);
  }
  const home = source === undefined ? dir : undefined;
  const sealing = parseSealing(settings, env, home);
  const common = {
    ...(partitions === undefined ? {} : { partitions }),
    ...(sealing === undefined ? {} : { sealing }),
  };
  if (source === undefined) return { kind: 'embedded', dir, ...common };
  const url = source.read(settings.problems);
  return { kind: 'redis', url, acceptLoss, ...common, ...(replicas !== undefined && { replicas }) };
}

/** @param home the data folder, if the log is kept in one */
function parseSealing<Name extends string>(
  settings: Settings<Name | StoreFlag>,
  env: Environment,
  home: string | undefined,
): SealingOptions | undefined {
  const seal = settings.choice('seal', ['on', 'off']);
  const file = settings.given('master-key-file');
  const name = 'SECURECHAT_MASTER_KEY';
  const text = env[name]?.trim();
  const seals = seal !== 'off';
  if (file !== undefined && text)
    settings.problems.push(`One master key can be used, but ${file.source} and ${name} are given.`);
  if (file !== undefined) return { master: { file: file.values.at(-1) ?? '', make: false }, seals };
  if (text) return { master: { text, name }, seals };
  if (home !== undefined) return { master: { file: join(home, 'master.key'), make: true }, seals };
  if (seal === 'on')
    settings.problems.push('To seal what people write, a log in Redis needs --master-key-file.');
  return undefined;
}

interface RedisSource {
  readonly name: string;
  read(problems: string[]): string;
}

/** Where a Redis URL is given. A flag makes what the environment says of stores void. */
function redisSources<Name extends string>(
  settings: Settings<Name | StoreFlag>,
  env: Environment,
): readonly RedisSource[] {
  const redis = settings.given('redis');
  const isFlag = redis?.source.startsWith('--') === true;
  if (!isFlag && settings.given('data')?.source.startsWith('--') === true) return [];
  const sources: RedisSource[] = [];
  if (redis !== undefined) {
    const { source: name, values } = redis;
    const url = values.at(-1) ?? '';
    sources.push({ name, read: (problems) => checked(url, name, isFlag, problems) });
  }
  if (isFlag) return sources;
  const url = env['REDIS_URL']?.trim();
  if (url) {
    const name = 'REDIS_URL';
    sources.push({ name, read: (problems) => checked(url, name, false, problems) });
  }
  const file = env['SECURECHAT_REDIS_FILE']?.trim();
  if (file) {
    const name = 'SECURECHAT_REDIS_FILE';
    sources.push({ name, read: (problems) => checkedFile(file, name, problems) });
  }
  return sources;
}

function checkedFile(file: string, source: string, problems: string[]): string {
  let url = '';
  try {
    url = readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(`The file ${file}, named by ${source}, cannot be read (${reasonOf(error)}).`);
    return url;
  }
  return checked(url, source, false, problems);
}

function checked(text: string, source: string, isArgument: boolean, problems: string[]): string {
  try {
    parseAddress(text);
  } catch (error) {
    if (!(error instanceof StoreUnusable)) throw error;
    problems.push(`${source}: ${error.message}`);
    return text;
  }
  const { password, searchParams } = new URL(text);
  if (isArgument && (password !== '' || searchParams.has('password'))) {
    problems.push(
      `${source} holds a password, and arguments can be read by everybody on this machine: put the URL into the environment variable REDIS_URL, or into a file that SECURECHAT_REDIS_FILE names.`,
    );
  }
  return text;
}
