import { deepStrictEqual } from 'node:assert/strict';

import { install } from '@sinonjs/fake-timers';

import type { HistoryRead } from '../../core/history-read.ts';
import { HistoryReads } from '../../server/history-reads.ts';
import type { Part, ReadOutcome } from '../../server/appender.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { rule } from '../support/given.ts';

const readIn = (chat: ChatHarness): readonly HistoryRead['data'][] =>
  chat
    .records('HistoryRead')
    .map(({ event }) => event as HistoryRead)
    .map(({ data }) => data);

scenes(
  'what a session was shown by history is in the log when it ends, in one piece',
  async (chat) => {
    const alice = await chat.login('alice', 0);
    alice.send('one', 'two', 'three');
    await alice.isServed();
    const bob = await chat.login('bob', 1);
    for (const count of [1, 3]) {
      bob.send(`/history ${count}`);
      await bob.sees(`The last ${count} of lobby:`);
    }
    deepStrictEqual(readIn(chat), [], 'not at once');
    bob.send('/logout');
    await bob.closes();
    await chat.settled();
    const [read, ...others] = readIn(chat);
    deepStrictEqual(others, []);
    // alice came, and then she said three things.
    deepStrictEqual([read?.user, read?.room, read?.ranges], ['bob', 'lobby', [[2, 4]]]);
  },
);

scene('whoever asks for a history in which nobody said anything has read nothing', async (chat) => {
  const alice = await chat.login('alice', 0);
  alice.send('/history');
  await alice.sees('Nothing has been said in lobby.');
  alice.send('/logout');
  await alice.closes();
  await chat.settled();
  deepStrictEqual(readIn(chat), []);
});

rule(
  'in a session that goes on, what was read is written every ten seconds, and once more if it was not taken',
  async () => {
    const clock = install({ now: 0 });
    try {
      const written: Part[] = [];
      const outcomes: ReadOutcome['status'][] = ['unavailable', 'appended', 'appended'];
      const reads = new HistoryReads({ user: 'bob', session: 'b1' }, async (...parts) => {
        written.push(...parts);
        const status = outcomes.shift();
        return (status === 'unavailable' ? { status, reason: 'busy' } : { status }) as ReadOutcome;
      });
      reads.shown('lobby', [5, 9]);
      reads.shown('lobby', [1, 4]);
      reads.shown('attic', [1, 1]);
      await clock.tickAsync(9_999);
      deepStrictEqual(written.length, 0);
      await clock.tickAsync(1);
      deepStrictEqual(
        written.flatMap(({ events }) => events.map(({ data }) => data)),
        [
          { user: 'bob', session: 'b1', room: 'lobby', ranges: [[1, 9]] },
          { user: 'bob', session: 'b1', room: 'attic', ranges: [[1, 1]] },
        ],
      );
      reads.shown('lobby', [12, 12]);
      await clock.tickAsync(10_000);
      const [again] = written[1]?.events ?? [];
      deepStrictEqual(again?.data, {
        user: 'bob',
        session: 'b1',
        room: 'lobby',
        ranges: [
          [1, 9],
          [12, 12],
        ],
      });
      await reads.settled();
      deepStrictEqual(written.length, 2, 'and then there is nothing to write');
    } finally {
      clock.uninstall();
    }
  },
);
