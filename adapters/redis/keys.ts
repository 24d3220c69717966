/**
 * The names of all keys in Redis. What belongs to one partition has its number in braces, so that
 * it lies in one hash slot. `docs/redis-keys.md` says what each of them holds, and why.
 */
export const metaKey = 'sc:{0}:meta';

/** The keys that every partition has. */
export interface PartitionKeys {
  readonly partition: number;
  readonly log: string;
  readonly heads: string;
  readonly credentials: string;
  readonly dataKeys: string;
  readonly trimmed: string;
  readonly snapshots: string;
}

export function partitionKeys(partition: number): PartitionKeys {
  const prefix = prefixOf(partition);
  return {
    partition,
    log: `${prefix}log`,
    heads: `${prefix}heads`,
    credentials: `${prefix}credentials`,
    dataKeys: `${prefix}keys`,
    trimmed: `${prefix}trimmed`,
    snapshots: `${prefix}snapshots`,
  };
}

/** What Redis finds the logs of all partitions by, and little else. */
export const logPattern = 'sc:{*}:log';

/** Undefined for another key. */
export function partitionOfLogKey(key: string): number | undefined {
  const [, partition] = /^sc:\{(\d+)\}:log$/.exec(key) ?? [];
  return partition === undefined ? undefined : Number(partition);
}

export const streamKey = (partition: number, stream: string): string =>
  `${prefixOf(partition)}stream:${stream}`;

/** The stream whose index has this key. */
export const streamOfKey = (key: string): string => key.replace(/^sc:\{\d+\}:stream:/, '');

/** A server's; a tool's, of which there can be several under one name, ends in its `token`. */
export const writerKey = (partition: number, server: string, token?: string): string =>
  `${prefixOf(partition)}writer:${server}${token === undefined ? '' : `:${token}`}`;

export const onceKey = (partition: number, session: string): string =>
  `${prefixOf(partition)}once:${session}`;

/** What `onceKey` held before its last turn. A session's id has no `:`. */
export const olderOnceKey = (partition: number, session: string): string =>
  `${onceKey(partition, session)}:older`;

export const leaseKey = (partition: number, server: string): string =>
  `${prefixOf(partition)}lease:${server}`;

const prefixOf = (partition: number): string => `sc:{${partition}}:`;
