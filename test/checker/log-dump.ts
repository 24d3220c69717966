import { Redis } from 'ioredis';
import { NdjsonWriter, readNdjson } from './ndjson.ts';

/** A record as it lies in the log, read by nothing but this file. */
export interface RawRecord {
  readonly partition: number;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** JSON, as stored. */
  readonly meta: string;
  /** As stored: a format byte (0: plain, 1: sealed), then the text in UTF-8. */
  readonly body?: Uint8Array;
  /** What is sealed in the body, where somebody has opened it. */
  readonly text?: string;
  /** The second stream that indexes the record, and its place there. */
  readonly link?: { readonly stream: string; readonly revision: number };
}

/** A dump, from a store or from a file: each partition's records in the log's order. */
export type Dump = Iterable<RawRecord> | AsyncIterable<RawRecord>;

const recordsAtOnce = 1_000;
const connectsWithinMs = 5_000;

/**
 * Reads the whole log of every partition out of Redis by XRANGE.
 *
 * @throws Error when Redis cannot be reached, or naming an entry that is no record
 */
export async function* dumpRedis(url: string): AsyncGenerator<RawRecord> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: connectsWithinMs,
    maxRetriesPerRequest: 0,
  });
  // What goes wrong is told by the command that it befalls.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    for (const partition of await partitionsOf(redis)) yield* dumpPartition(redis, partition);
  } finally {
    redis.disconnect();
  }
}

/** Keeps a dump in a file, and tells how many records it has. */
export async function writeDump(path: string, dump: Dump): Promise<number> {
  const writer = new NdjsonWriter(path);
  let count = 0;
  try {
    for await (const { body, ...record } of dump) {
      const text = body === undefined ? {} : { body: Buffer.from(body).toString('base64') };
      writer.write({ ...record, ...text });
      count += 1;
    }
  } finally {
    writer.close();
  }
  return count;
}

/** The records of a file that `writeDump` wrote. */
export function* readDump(path: string): Generator<RawRecord> {
  for (const value of readNdjson(path)) {
    const { body, ...record } = value as Omit<RawRecord, 'body'> & { readonly body?: string };
    yield body === undefined ? record : { ...record, body: Buffer.from(body, 'base64') };
  }
}

async function partitionsOf(redis: Redis): Promise<readonly number[]> {
  const partitions = new Set<number>();
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', 'sc:{*}:log', 'COUNT', recordsAtOnce);
    for (const key of keys) {
      const [, partition] = /^sc:\{(\d+)\}:log$/.exec(key) ?? [];
      if (partition !== undefined) partitions.add(Number(partition));
    }
    if (next === '0') return [...partitions].toSorted((one, other) => one - other);
    cursor = next;
  }
}

async function* dumpPartition(redis: Redis, partition: number): AsyncGenerator<RawRecord> {
  const key = `sc:{${partition}}:log`;
  for (let from = '-'; ;) {
    const entries = await redis.xrangeBuffer(key, from, '+', 'COUNT', recordsAtOnce);
    for (const [id, fields] of entries) yield rawRecord(partition, id.toString(), fields);
    const last = entries.at(-1);
    if (last === undefined || entries.length < recordsAtOnce) return;
    from = `(${last[0].toString()}`;
  }
}

function rawRecord(partition: number, id: string, flat: readonly Buffer[]): RawRecord {
  const fields = new Map<string, Buffer>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [name, value] = [flat[index], flat[index + 1]];
    if (name !== undefined && value !== undefined) fields.set(name.toString(), value);
  }
  const wanted = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined)
      throw new Error(`entry ${id} of partition ${partition} has no ${name}`);
    return value.toString();
  };
  const body = fields.get('b');
  return {
    partition,
    position: positionOf(partition, id),
    stream: wanted('s'),
    revision: Number(wanted('r')),
    at: Number(wanted('a')),
    meta: wanted('m'),
    ...(body === undefined ? {} : { body }),
    ...(fields.has('l') ? { link: { stream: wanted('l'), revision: Number(wanted('q')) } } : {}),
  };
}

function positionOf(partition: number, id: string): number {
  const [, position] = /^(\d+)-0$/.exec(id) ?? [];
  if (position === undefined) throw new Error(`partition ${partition} has an entry named ${id}`);
  return Number(position);
}
