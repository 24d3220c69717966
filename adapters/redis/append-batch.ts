import type { Appended, AppendOutcome, Commit, NewEvent } from '../../core/event-store.ts';
import { partitionOf, serverStream } from '../../core/stream.ts';
import { commitContent } from '../commit-content.ts';
import { type EncodedEvent, encodeEvent } from '../record-codec.ts';
import type { Argument } from './connection.ts';
import { leaseKey, olderOnceKey, onceKey, streamKey, writerKey } from './keys.ts';

/** The first keys of append.lua are the log, its heads and the writer. */
const firstIndexKey = 4;
/** Before the commits' bytes there are so many arguments. */
const firstBytes = 9;

/** A commit made ready to be sent, once and for all: it may be sent more than once. */
export interface EncodedCommit {
  readonly commit: Commit;
  /** One for each event, in the order of the commit. */
  readonly events: readonly EncodedEvent[];
  readonly content: string | undefined;
  readonly bytes: number;
}

/** What append.lua is told of its commits. */
export interface EncodedBatch {
  /** After the three keys that every batch has. */
  readonly keys: readonly string[];
  /** How many of the keys, the first ones, are streams' indexes. */
  readonly streams: number;
  readonly plan: string;
  readonly bytes: readonly Argument[];
}

export function encodeCommit(commit: Commit): EncodedCommit {
  const events = commit.parts.flatMap((part) => part.events.map(encodeEvent));
  const bytes = events.reduce((sum, { meta, body }) => sum + meta.length + (body?.length ?? 0), 0);
  return { commit, events, content: commit.once && commitContent(commit), bytes };
}

/** @param partitions of the log: a lease lies where its server's stream does */
export function encodeBatch(
  commits: readonly EncodedCommit[],
  partition: number,
  partitions: number,
): EncodedBatch {
  const keys = new KeyList();
  const indexOf = (stream: string): number => keys.place(streamKey(partition, stream));
  for (const { commit } of commits) {
    for (const { stream, events } of commit.parts) {
      indexOf(stream);
      for (const { link } of events) if (link !== undefined) indexOf(link);
    }
  }
  const streams = keys.list.length;
  const bytes: Buffer[] = [];
  const plan = commits.map(({ commit, events, content }) => {
    const first = firstBytes + bytes.length;
    for (const { meta, body } of events) bytes.push(...(body ? [meta, body] : [meta]));
    const { once, unlessLeased, ends } = commit;
    return {
      parts: partsOf(commit, events, indexOf),
      bytes: first,
      ...(once && { once: onceOf(once, content, partition, keys) }),
      ...(unlessLeased !== undefined && {
        lease: keys.place(leaseKey(homeOf(unlessLeased, partitions), unlessLeased)),
      }),
      ...(ends && { ends: [keys.place(writerKey(partition, ends.server)), ends.incarnation] }),
    };
  });
  return { keys: keys.list, streams, plan: JSON.stringify(plan), bytes };
}

/** @param answer of append.lua, a line for each of the commits */
export function decodeAnswer(answer: string, commits: readonly Commit[]): readonly AppendOutcome[] {
  const lines = answer.split('\n');
  return commits.map((commit, place) => outcomeOf(lines[place] ?? '', commit));
}

/** The partition in which a server's stream and its lease lie. */
export const homeOf = (server: string, partitions: number): number =>
  partitionOf(serverStream(server), partitions);

function outcomeOf(line: string, commit: Commit): AppendOutcome {
  const numbers = line.slice(1).split(' ').map(Number);
  switch (line[0]) {
    case 'A':
      return appendedOf(numbers);
    case 'R':
      return { status: 'repeated', first: appendedOf(numbers) };
    case 'M':
      return { status: 'mismatch' };
    case 'L':
      return { status: 'leased' };
    case 'F':
      return { status: 'fenced' };
    case 'C': {
      const [part = 0, revision = 0] = numbers;
      return { status: 'conflict', stream: commit.parts[part - 1]?.stream ?? '', revision };
    }
    default:
      throw new Error(`append.lua answered ${JSON.stringify(line)}`);
  }
}

function appendedOf([position = 0, ...revisions]: readonly number[]): Appended {
  return { status: 'appended', position, revisions };
}

/** Parts and events as append.lua reads them. */
function partsOf(
  { parts }: Commit,
  encoded: readonly EncodedEvent[],
  indexOf: (stream: string) => number,
): readonly unknown[] {
  let next = 0;
  const eventOf = ({ link }: NewEvent): number => {
    const hasBody = encoded[next++]?.body !== undefined;
    return 2 * (link === undefined ? 0 : indexOf(link)) + (hasBody ? 1 : 0);
  };
  return parts.map(({ stream, expected, events }) => [
    indexOf(stream),
    expected === 'any' ? -1 : expected,
    events.map(eventOf),
  ]);
}

function onceOf(
  { session, sequence }: NonNullable<Commit['once']>,
  content: string | undefined,
  partition: number,
  keys: KeyList,
): readonly unknown[] {
  const [key, older] = [onceKey(partition, session), olderOnceKey(partition, session)];
  return [keys.place(key), keys.place(older), String(sequence), content];
}

/** Keys in the order in which they are first named. */
class KeyList {
  readonly list: string[] = [];
  readonly #places = new Map<string, number>();

  /** The key's place in the script's KEYS, counted from 1. */
  place(key: string): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = firstIndexKey + this.list.length;
    this.#places.set(key, place);
    this.list.push(key);
    return place;
  }
}
