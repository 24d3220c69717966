import { decodeRecord, encodeEvent } from '../../../adapters/record-codec.ts';
import type { NewEvent, Recorded, StreamQuery } from '../../../core/event-store.ts';
import { inboxStream } from '../../../core/stream.ts';
import {
  accountRegistered,
  commitTo,
  directMessagePosted,
  messagePosted,
  newEvent,
  roomJoined,
} from '../../support/events.ts';
import { appended, idsOf, textOf, times, type ContractTests } from './log-under-test.ts';

/** `readStream`, `readAll`, links, and what a record says. */
export const readingTests: ContractTests = {
  'a record says what its event said, and where it stands': async (t, logs) => {
    const { events } = await logs.open(t);
    const stream = logs.stream('room');
    const tool = newEvent(
      { type: 'AccountSuspended', data: { user: 'bob' } },
      { actor: { server: 'tool', incarnation: 0 } },
    );
    const said: readonly NewEvent[] = [
      messagePosted('Grüße 👋🏽\n\t\u0000"\\'),
      messagePosted(''),
      messagePosted('é'.repeat(1_900)),
      tool,
    ];
    appended(await events.writer('a', 1).append(commitTo(stream, ...said)));
    const records = await events.readAll(logs.partitions - 1, 2, 10);
    const expected = said.map((event, index) => ({
      ...event,
      partition: logs.partitions - 1,
      position: index + 2,
      stream,
      revision: index + 1,
      at: records[0]?.at,
    }));
    t.strictSame(records, expected);
    t.strictSame(await events.readStream({ stream, limit: 10 }), expected);
  },

  'the log is read from a position on, up to a limit': async (t, logs) => {
    const { events } = await logs.open(t);
    const partition = logs.partitions - 1;
    const said = times(9, (number) => messagePosted(String(number + 2)));
    appended(await events.writer('a', 1).append(commitTo(logs.stream('room'), ...said)));
    const read = async (from: number, limit: number) =>
      (await events.readAll(partition, from, limit)).map(({ position }) => position);
    t.same(await read(1, 3), [1, 2, 3]);
    t.same(await read(4, 2), [4, 5]);
    t.same(await read(9, 100), [9, 10]);
    t.same(await read(11, 100), []);
    t.same(await read(1, 0), []);
  },

  'a record is read as it is kept, and is what its text, place and bytes say': async (t, logs) => {
    const { events } = await logs.open(t);
    const partition = logs.partitions - 1;
    const said = ['one', '', 'é'.repeat(1_900)].map((text) => messagePosted(text));
    const joined = roomJoined('alice');
    appended(await events.writer('a', 1).append(commitTo(logs.stream('room'), ...said, joined)));
    const stored = await events.readStored(partition, 1, 10);
    const read = await events.readAll(partition, 1, 10);
    const isSealed = stored.some(({ body }) => body !== undefined && body[0] !== 0);
    if (!isSealed) t.strictSame(stored.map(decodeRecord), read);
    for (const [index, event] of [...said, joined].entries()) {
      const found = stored[index + 1];
      t.equal(found && decodeRecord(found).id, read[index + 1]?.id);
      const { meta, body } = encodeEvent(event);
      if (isSealed && body !== undefined) continue;
      t.ok(found && meta.equals(found.meta), 'metadata as it was written');
      t.equal(found?.body === undefined, body === undefined);
      if (body !== undefined) t.ok(body.equals(found?.body ?? Buffer.of()), 'a body as written');
    }
    t.same(
      (await events.readStored(partition, 3, 2)).map(({ position }) => position),
      [3, 4],
    );
    t.same(await events.readStored(partition, 6, 10), []);
    t.same(await events.readStored(partition, 1, 0), []);
  },

  'a log longer than a batch is read whole': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const stream = logs.stream('room');
    const appends = times(30, (number) =>
      writer.append(commitTo(stream, ...times(100, (each) => messagePosted(`${number}/${each}`)))),
    );
    for (const outcome of await Promise.all(appends)) appended(outcome);
    const all = await events.readAll(logs.partitions - 1, 1, 10_000);
    t.equal(all.length, 3_001);
    t.equal((await events.readStored(logs.partitions - 1, 1, 10_000)).length, 3_001);
    const forwards = await events.readStream({ stream, limit: 10_000 });
    t.same(idsOf(forwards), idsOf(all.slice(1)));
    const backwards = await events.readStream({ stream, direction: 'backwards', limit: 10_000 });
    t.same(idsOf(backwards), idsOf(forwards).toReversed());
  },
  'a stream is read in both directions, from a revision, up to a limit': async (t, logs) => {
    const { events } = await logs.open(t);
    const [stream = '', other = ''] = logs.streams('room', 2);
    const writer = events.writer('a', 1);
    for (let number = 1; number <= 5; number++) {
      appended(await writer.append(commitTo(stream, messagePosted(String(number)))));
      appended(await writer.append(commitTo(other, messagePosted('elsewhere'))));
    }
    const cases: readonly [Omit<StreamQuery, 'stream'>, readonly number[]][] = [
      [{ limit: 9 }, [1, 2, 3, 4, 5]],
      [{ limit: 2 }, [1, 2]],
      [{ limit: 0 }, []],
      [{ from: 4, limit: 9 }, [4, 5]],
      [{ from: 2, limit: 2 }, [2, 3]],
      [{ from: 6, limit: 9 }, []],
      [{ direction: 'forwards', from: 5, limit: 9 }, [5]],
      [{ direction: 'backwards', limit: 9 }, [5, 4, 3, 2, 1]],
      [{ direction: 'backwards', limit: 2 }, [5, 4]],
      [{ direction: 'backwards', from: 3, limit: 9 }, [3, 2, 1]],
      [{ direction: 'backwards', from: 3, limit: 2 }, [3, 2]],
      [{ direction: 'backwards', from: 99, limit: 1 }, [5]],
      [{ direction: 'backwards', from: 0, limit: 9 }, []],
    ];
    for (const [query, expected] of cases) {
      const records = await events.readStream({ stream, ...query });
      t.same(records.map(textOf).map(Number), expected, JSON.stringify(query));
      t.same(
        records.map(({ revision }) => revision),
        expected,
      );
    }
  },

  'a stream without events is empty': async (t, logs) => {
    const { events } = await logs.open(t);
    const stream = logs.stream('room');
    t.same(await events.readStream({ stream, limit: 9 }), []);
    t.same(await events.readStream({ stream, direction: 'backwards', limit: 9 }), []);
  },

  'streams whose names begin alike are streams apart': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const names = ['room:a', 'room:ab', 'room:a-b', 'room:a.1', 'room:ä', 'room:a1', 'account:a'];
    for (const name of names) appended(await writer.append(commitTo(name, messagePosted(name))));
    for (const stream of names) {
      t.same((await events.readStream({ stream, limit: 9 })).map(textOf), [stream]);
      const query = { stream, direction: 'backwards', limit: 9 } as const;
      t.same((await events.readStream(query)).map(textOf), [stream]);
    }
  },
  'a linked record is found under both streams, once in the log': async (t, logs) => {
    const { events } = await logs.open(t);
    const partition = logs.partitions - 1;
    const [one = '', other = ''] = logs.streams('direct', 2);
    const writer = events.writer('a', 1);
    const said = [
      [one, directMessagePosted('alice', 'bob', '1')],
      [one, directMessagePosted('bob', 'alice', '2')],
      [other, directMessagePosted('carol', 'bob', '3')],
      [one, directMessagePosted('alice', 'bob', '4')],
    ] as const;
    for (const [stream, event] of said) appended(await writer.append(commitTo(stream, event)));
    const inbox = { stream: inboxStream('bob'), partition };
    const received = await events.readStream({ ...inbox, limit: 9 });
    t.same(received.map(placeOf), [
      ['1', one, 1, 1],
      ['3', other, 1, 2],
      ['4', one, 3, 3],
    ]);
    const backwards = { ...inbox, from: 2, direction: 'backwards', limit: 9 } as const;
    t.same((await events.readStream(backwards)).map(textOf), ['3', '1']);
    t.same((await events.readStream({ stream: one, limit: 9 })).map(textOf), ['1', '2', '4']);
    const log = await events.readAll(partition, 2, 9);
    t.same(log.map(textOf), ['1', '2', '3', '4']);
    t.strictSame(
      received,
      log.filter(({ link }) => link?.stream === inbox.stream),
    );
  },

  'a stream can hold linked records in every partition': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const link = inboxStream('bob');
    for (const partition of logs.all) {
      const stream = logs.stream('account', partition);
      const event = { ...accountRegistered('x'), link };
      t.match(await writer.append(commitTo(stream, event, { ...event, id: 'second' })), {
        revisions: [2],
      });
      const linked = await events.readStream({ stream: link, partition, limit: 9 });
      t.same(
        linked.map((record) => [record.partition, record.link]),
        [1, 2].map((revision) => [partition, { stream: link, revision }]),
      );
    }
  },
};

/** The text, where it stands, and where its link does. */
const placeOf = (record: Recorded): readonly unknown[] => [
  textOf(record),
  record.stream,
  record.revision,
  record.link?.revision,
];
