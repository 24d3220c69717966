import type { Commit } from '../../../core/event-store.ts';
import { accountsStream } from '../../../core/stream.ts';
import {
  accountRegistered,
  commitTo,
  messagePosted,
  newEvent,
  roomJoined,
  sessionOpened,
} from '../../support/events.ts';
import { appended, idsOf, tally, textOf, times, type ContractTests } from './log-under-test.ts';

/** Sentences 1 and 2 of `EventStore`. */
export const commitTests: ContractTests = {
  'an append tells its position and the revisions that it reached': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    const [one = '', other = ''] = logs.streams('room', 2);
    const first = await writer.append(commitTo(one, messagePosted('1'), messagePosted('2')));
    t.strictSame(first, { status: 'appended', position: 2, revisions: [2] });
    const commit: Commit = {
      parts: [
        { stream: other, expected: 'any', events: [messagePosted('3')] },
        { stream: one, expected: 'any', events: [messagePosted('4')] },
      ],
    };
    const second = await writer.append(commit);
    t.strictSame(second, { status: 'appended', position: 4, revisions: [1, 3] });
  },

  'a commit over several streams is written whole, in its order': async (t, logs) => {
    const { events } = await logs.open(t);
    const [session = ''] = logs.streams('session', 1);
    const [room = ''] = logs.streams('room', 1);
    const [opened, joined] = [sessionOpened('alice'), roomJoined('alice')];
    const parts: Commit['parts'] = [
      { stream: session, expected: 0, events: [opened] },
      { stream: room, expected: 'any', events: [joined] },
    ];
    const { position } = appended(await events.writer('a', 1).append({ parts }));
    const records = await events.readAll(logs.partitions - 1, position, 10);
    t.same(idsOf(records), [opened.id, joined.id]);
    t.same(
      records.map(({ stream, revision }) => [stream, revision]),
      [
        [session, 1],
        [room, 1],
      ],
    );
    t.equal(records[0]?.at, records[1]?.at);
  },

  'a commit goes to the partition that it names': async (t, logs) => {
    const { events } = await logs.open(t);
    const writer = events.writer('a', 1);
    for (const partition of logs.all) {
      const event = accountRegistered(`user${partition}`);
      const part = { stream: logs.stream('account', partition), expected: 0, events: [event] };
      appended(await writer.append({ partition, parts: [part] }));
      const listed = await events.readStream({ stream: accountsStream, partition, limit: 10 });
      t.same(idsOf(listed), [event.id]);
    }
  },
  'a commit with a conflict in any of its parts writes nothing': async (t, logs) => {
    const { events } = await logs.open(t);
    const [one = '', other = '', third = ''] = logs.streams('session', 3);
    const writer = events.writer('a', 1);
    appended(await writer.append(commitTo(other, sessionOpened('bob'))));
    const parts: Commit['parts'] = [
      { stream: one, expected: 0, events: [sessionOpened('alice')] },
      { stream: other, expected: 0, events: [sessionOpened('bob')] },
      { stream: third, expected: 'any', events: [sessionOpened('carol')] },
    ];
    const outcome = await writer.append({ parts });
    t.strictSame(outcome, { status: 'conflict', stream: other, revision: 1 });
    t.equal((await events.head(logs.partitions - 1)).position, 2);
    t.same(await events.readStream({ stream: one, limit: 9 }), []);
    t.same(await events.readStream({ stream: third, limit: 9 }), []);
  },

  'a conflict tells at which revision the stream is': async (t, logs) => {
    const { events } = await logs.open(t);
    const stream = logs.stream('account');
    const writer = events.writer('a', 1);
    const append = (expected: number) =>
      writer.append({ parts: [{ stream, expected, events: [messagePosted('x')] }] });
    t.strictSame(await append(1), { status: 'conflict', stream, revision: 0 });
    t.match(await append(0), { status: 'appended' });
    t.match(await append(1), { status: 'appended' });
    t.strictSame(await append(1), { status: 'conflict', stream, revision: 2 });
    t.strictSame(await append(3), { status: 'conflict', stream, revision: 2 });
    t.match(await append(2), { status: 'appended' });
  },

  'a part without events only states an expectation': async (t, logs) => {
    const { events } = await logs.open(t);
    const [session = '', other = ''] = logs.streams('session', 2);
    const writer = events.writer('a', 1);
    appended(await writer.append(commitTo(session, sessionOpened('alice'))));
    const append = (expected: number) =>
      writer.append({
        parts: [
          { stream: session, expected, events: [] },
          { stream: other, expected: 'any', events: [messagePosted('x')] },
        ],
      });
    t.strictSame(await append(0), { status: 'conflict', stream: session, revision: 1 });
    t.strictSame(await append(1), { status: 'appended', position: 3, revisions: [1, 1] });
    const only: Commit = { parts: [{ stream: session, expected: 1, events: [] }] };
    t.match(await writer.append(only), { status: 'appended', revisions: [1] });
    t.equal((await events.head(logs.partitions - 1)).position, 3);
  },

  'expectations speak of the streams before the commit': async (t, logs) => {
    const { events } = await logs.open(t);
    const [direct = '', inbox = ''] = [...logs.streams('direct', 1), ...logs.streams('inbox', 1)];
    const data = { from: 'alice', to: 'bob' };
    const linked = newEvent({ type: 'DirectMessagePosted', data, text: '' }, { link: inbox });
    const parts: Commit['parts'] = [
      { stream: direct, expected: 0, events: [linked] },
      { stream: inbox, expected: 0, events: [] },
    ];
    const writer = events.writer('a', 1);
    t.strictSame(await writer.append({ parts }), {
      status: 'appended',
      position: 2,
      revisions: [1, 1],
    });
    t.match(await writer.append({ parts: parts.slice(1) }), { status: 'conflict', revision: 1 });
  },

  'a conflict touches no other commit that is under way with it': async (t, logs) => {
    const { events } = await logs.open(t);
    const [taken, room] = [logs.stream('session'), logs.stream('room')];
    const writer = events.writer('a', 1);
    appended(await writer.append(commitTo(taken, sessionOpened('alice'))));
    const outcomes = await Promise.all(
      times(100, (index) => {
        const said: Commit['parts'] = commitTo(room, messagePosted(String(index))).parts;
        const wrong = { stream: taken, expected: 0, events: [sessionOpened('alice')] };
        return writer.append({ parts: index % 2 === 0 ? said : [...said, wrong] });
      }),
    );
    t.same(tally(outcomes), { appended: 50, conflict: 50 });
    const texts = (await events.readStream({ stream: room, limit: 200 })).map(textOf);
    t.same(
      texts,
      times(50, (index) => String(index * 2)),
    );
  },

  'of many that expect the same revision exactly one is written': async (t, logs) => {
    const log = await logs.make(t);
    const writers = [await log.open(), await log.open(), await log.open()].map(
      ({ events }, index) => events.writer(`s${index}`, 1),
    );
    const { events } = await log.open();
    const stream = logs.stream('session');
    for (let revision = 0; revision < 10; revision++) {
      const parts = [{ stream, expected: revision, events: [sessionOpened('alice')] }];
      const race = writers.flatMap((writer) => times(4, () => writer.append({ parts })));
      t.same(tally(await Promise.all(race)), { appended: 1, conflict: 11 });
    }
    t.equal((await events.readStream({ stream, limit: 99 })).length, 10);
  },
};
