import { deepStrictEqual } from 'node:assert/strict';
import { differenceLines } from '../../../cli/replay/difference.ts';
import { foldTo } from '../../../cli/replay/fold-log.ts';
import { stateOf } from '../../../core/views/chat-state.ts';
import { rule } from '../../support/given.ts';
import { historyOf, joins, type Written } from '../../support/memory-history.ts';

const opened = (user: string, session = `${user}1`): Written => ({
  stream: `session:${user}`,
  event: { type: 'SessionOpened', data: { user, session, server: 'north', incarnation: 1 } },
});

const nameOf = (room: string): string => room.toUpperCase();

rule(
  'what came is marked +, what went -, what is otherwise ~; what came and went is not there',
  async () => {
    const source = await historyOf([
      {
        stream: 'server:north',
        event: { type: 'ServerStarted', data: { server: 'north', incarnation: 1 } },
      },
      opened('alice'),
      joins('alice'),
      // Here is the first moment, at position 4.
      opened('bob'),
      joins('bob'),
      {
        stream: 'following:bob',
        event: { type: 'UserSubscribed', data: { user: 'bob', target: 'alice' } },
      },
      opened('carol'),
      {
        stream: 'session:carol',
        event: {
          type: 'SessionClosed',
          data: { user: 'carol', session: 'carol1', reason: 'logout' },
        },
      },
      opened('alice', 'alice2'),
      {
        stream: 'room:lobby',
        event: { type: 'RoomLeft', data: { room: 'lobby', user: 'alice', session: 'alice1' } },
      },
    ]);
    const [before, after] = [await foldTo(source, [4]), await foldTo(source, [11])];
    const messages = new Map([
      ['room:iitkgp', 1],
      ['room:lobby', 3],
    ]);
    deepStrictEqual(
      differenceLines(stateOf(before), stateOf(after), messages, nameOf).map(
        ({ sign, words }) => `${sign} ${words}`,
      ),
      [
        '~ alice online, in another session, on north',
        '+ bob online, on north',
        '~ 1 message in IITKGP',
        '+ bob in lobby',
        '- alice in lobby',
        '~ 3 messages in lobby',
        '+ bob follows alice',
      ],
    );
  },
);
