import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import {
  accountsStream,
  accountStream,
  auditStream,
  signingKeysStream,
  trimmingStream,
  directStream,
  epochStream,
  followingStream,
  inboxStream,
  partitionOf,
  roomStream,
  serverStream,
  sessionStream,
} from '../../core/stream.ts';
import { rule } from '../support/given.ts';

/** As many partitions as the checksum has values, so that the partition is the checksum. */
const checksums = 0x10000;

rule('streams are named by their kind and their key', () =>
  deepStrictEqual(
    [
      accountStream('alice'),
      sessionStream('alice'),
      followingStream('alice'),
      inboxStream('alice'),
      roomStream('iitkgp'),
      serverStream('north'),
      accountsStream,
      epochStream,
      auditStream(3),
      signingKeysStream(3),
      trimmingStream(3),
    ],
    [
      'account:alice',
      'session:alice',
      'following:alice',
      'inbox:alice',
      'room:iitkgp',
      'server:north',
      'accounts',
      'epoch',
      'audit:3',
      'signing-keys:3',
      'trimming:3',
    ],
  ),
);
rule('two users have one conversation, whoever begins it', () => {
  deepStrictEqual(directStream('bob', 'alice'), 'direct:alice:bob');
  deepStrictEqual(directStream('alice', 'bob'), 'direct:alice:bob');
});

rule('one partition holds everything', () =>
  fc.assert(fc.property(fc.string(), (key) => deepStrictEqual(partitionOf(key, 1), 0))),
);
rule('a key’s checksum is CRC-16/XMODEM', () => {
  // The catalogue's check value: the checksum of the nine bytes of `123456789` is 31c3.
  deepStrictEqual(partitionOf('room:123456789', checksums), 0x31c3);
});
rule('a stream’s partition never changes: logs were written with it', () =>
  deepStrictEqual(
    Object.fromEntries(Object.keys(golden).map((stream) => [stream, places(stream)])),
    golden,
  ),
);
rule('a partition is one of those there are', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1_024 }), (key, count) => {
      const partition = partitionOf(roomStream(key), count);
      ok(Number.isInteger(partition) && partition >= 0 && partition < count);
    }),
  ),
);
rule('all streams of a user lie together', () =>
  fc.assert(
    fc.property(fc.string(), (user) => {
      const streams = [accountStream, sessionStream, followingStream, inboxStream];
      const partitions = new Set(streams.map((stream) => partitionOf(stream(user), checksums)));
      deepStrictEqual(partitions.size, 1);
    }),
  ),
);
rule('streams spread over the partitions, even when their names count up', () => {
  for (const [prefix, count] of [
    ['room', 8],
    ['user-', 16],
    ['', 3],
  ] as const) {
    const held = Array.from({ length: count }, () => 0);
    for (let index = 0; index < 1_000 * count; index++) {
      const partition = partitionOf(accountStream(`${prefix}${index}`), count);
      held[partition] = (held[partition] ?? 0) + 1;
    }
    ok(Math.min(...held) > 700 && Math.max(...held) < 1_300, `${prefix}: ${held.join(' ')}`);
  }
});

const places = (stream: string): number[] =>
  [2, 8, 16, checksums].map((count) => partitionOf(stream, count));

/** The partition among 2, 8 and 16, and the checksum. */
const golden = {
  'account:alice': [1, 5, 13, 49901],
  'room:lobby': [0, 6, 6, 26678],
  'room:iitkgp': [0, 6, 14, 43374],
  'room:大厅': [1, 3, 11, 25211],
  'room:𐐼𐐯': [0, 4, 4, 292],
  'server:north-1222': [1, 5, 5, 38773],
  'direct:alice:bob': [1, 5, 5, 23061],
  accounts: [1, 5, 13, 47133],
  epoch: [1, 3, 3, 31859],
} as Record<string, number[]>;
