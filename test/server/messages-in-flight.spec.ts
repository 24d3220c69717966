import { deepStrictEqual } from 'node:assert/strict';

import type { Answer } from '../../core/answer.ts';
import { MessageRate } from '../../server/message-rate.ts';
import { MessagesInFlight } from '../../server/messages-in-flight.ts';
import { rule } from '../support/given.ts';

const answer = (number: number): Answer => ({ kind: 'stored', room: 'lobby', epoch: 'e', number });
const error: Answer = { kind: 'error', code: 'Unavailable', subject: '' };

rule('messages are answered in the order in which they were sent', () => {
  const told: Answer[] = [];
  const messages = new MessagesInFlight((one) => told.push(one));
  for (const id of ['a', 'b', 'c']) messages.add(id);
  messages.answer('c', answer(3));
  messages.answer('b', error);
  deepStrictEqual([told, messages.size], [[], 3]);
  messages.answer('a', answer(1));
  deepStrictEqual([told, messages.size], [[answer(1), error, answer(3)], 0]);
});
rule('a second answer, or one to a message sent by nobody, is ignored', () => {
  const told: Answer[] = [];
  const messages = new MessagesInFlight((one) => told.push(one));
  messages.answer('a', answer(1));
  for (const id of ['a', 'b']) messages.add(id);
  messages.answer('b', answer(2));
  messages.answer('b', error);
  messages.answer('a', answer(1));
  messages.answer('a', error);
  deepStrictEqual([told, messages.size], [[answer(1), answer(2)], 0]);
});

rule('so many messages a second, and twice as many at once', () => {
  const rate = new MessageRate(10, 0);
  const taken = (now: number): number => {
    let times = 0;
    while (rate.take(now)) times += 1;
    return times;
  };
  deepStrictEqual(
    [taken(0), taken(100), taken(150), taken(1_150), taken(60_000)],
    [20, 1, 0, 10, 20],
  );
});
