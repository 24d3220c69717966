import { deepStrictEqual } from 'node:assert/strict';
import { endOf } from '../../../cli/replay/log-span.ts';
import { wholeStart } from '../../../cli/replay/log-start.ts';
import { noProgress } from '../../../cli/progress.ts';
import { whoSaw, type WhoSaw } from '../../../cli/replay/who-saw.ts';
import type { ChatEvent } from '../../../core/event.ts';
import type { LogSource } from '../../../core/log-source.ts';
import { rule } from '../../support/given.ts';
import { beginsAt, historyOf, joins, says, type Written } from '../../support/memory-history.ts';

const told = (stream: string, event: ChatEvent, afterMs = 0): Written => ({
  stream,
  event,
  afterMs,
});

const session = (user: string): { user: string; session: string; resume: string } => ({
  user,
  session: `${user}1`,
  resume: `secret of ${user}`,
});

const opens = (user: string): Written =>
  told(`session:${user}`, {
    type: 'SessionOpened',
    data: { ...session(user), server: 'north', incarnation: 1 },
  });

const loses = (user: string): Written =>
  told(`session:${user}`, { type: 'SessionDetached', data: session(user) });

const read = (user: string, from: number, through: number, room = 'lobby'): Written =>
  told(`reading:${user}`, {
    type: 'HistoryRead',
    data: { user, session: `${user}1`, room, ranges: [[from, through]] },
  });
const marks = (user: string, through: number): Written =>
  told(`rooms:${user}`, { type: 'RoomRead', data: { user, room: 'lobby', through } });

async function ask(source: LogSource, number: number): Promise<WhoSaw | undefined> {
  const [start, through] = [wholeStart(source), await endOf(source)];
  return whoSaw(source, { room: 'lobby', number }, { start, through, progress: noProgress });
}

rule(
  'a message was delivered to those who were in the room or followed its author, and to nobody else',
  async () => {
    const source = await historyOf([
      ...['alice', 'bob', 'carol', 'dave', 'eve'].map(opens),
      joins('alice'),
      joins('bob'),
      joins('carol', 'attic'),
      joins('dave', 'attic'),
      told('following:carol', { type: 'UserSubscribed', data: { user: 'carol', target: 'alice' } }),
      says('alice', 'hello'),
      joins('eve'),
    ]);
    const { delivered = [], message, name } = (await ask(source, 3)) ?? {};
    deepStrictEqual([name, message?.event.text], ['lobby', 'hello']);
    deepStrictEqual(
      delivered.map(({ user, by, away }) => [user, by, away]),
      [
        ['bob', 'room', undefined],
        ['carol', 'following', undefined],
      ],
    );
  },
);

rule(
  'to whom the connection was lost it was delivered when they came back, if they did',
  async () => {
    const server = { server: 'south', incarnation: 1 };
    const source = await historyOf([
      ...['alice', 'bob', 'carol', 'dave'].map(opens),
      ...['alice', 'bob', 'carol', 'dave'].map((user) => joins(user)),
      ...['bob', 'carol', 'dave'].map(loses),
      says('alice', 'hello'),
      told('session:bob', { type: 'SessionResumed', data: { ...session('bob'), ...server } }, 500),
      told('session:carol', {
        type: 'SessionClosed',
        data: { user: 'carol', session: 'carol1', reason: 'expired' },
      }),
    ]);
    deepStrictEqual(
      (await ask(source, 5))?.delivered.map(({ user, away }) => [user, away]),
      [
        ['bob', { backAt: beginsAt + 500 }],
        ['carol', 'neverBack'],
        ['dave', 'waiting'],
      ],
    );
  },
);

rule('whoever read it since is named once, by history or by a mark at it or beyond', async () => {
  const source = await historyOf([
    opens('alice'),
    joins('alice'),
    says('alice', 'one'),
    says('alice', 'two'),
    read('bob', 1, 2),
    read('carol', 3, 9),
    read('carol', 1, 9),
    read('dave', 1, 9, 'attic'),
    marks('eve', 2),
    marks('frank', 3),
  ]);
  deepStrictEqual(
    (await ask(source, 3))?.read.map(({ user, by }) => [user, by]),
    [
      ['carol', 'history'],
      ['frank', 'mark'],
    ],
  );
});

rule('what is no message has no answer', async () => {
  const source = await historyOf([opens('alice'), joins('alice'), says('alice', 'hello')]);
  deepStrictEqual(await ask(source, 1), undefined);
  deepStrictEqual(await ask(source, 3), undefined);
});
