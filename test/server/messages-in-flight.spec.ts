import { deepStrictEqual } from 'node:assert/strict';

import type { Answer } from '../../core/answer.ts';
import { MessagesInFlight } from '../../server/messages-in-flight.ts';
import { TokenBucket } from '../../server/token-bucket.ts';
import { rule } from '../support/given.ts';

const answer = (number: number): Answer => ({
  kind: 'stored',
  room: 'lobby',
  canonical: 'lobby',
  epoch: 'e',
  number,
});
const error: Answer = { kind: 'error', code: 'Unavailable', subject: '' };

/** The messages of somebody who keeps what they are told. */
function messagesOfOne(): { messages: MessagesInFlight; told: Answer[] } {
  const told: Answer[] = [];
  const tell = (one: Answer): void => void told.push(one);
  const messages = new MessagesInFlight({ tell, flush: () => {}, proceed: () => {} });
  messages.wantsReceipts = true;
  return { messages, told };
}

rule('messages are answered in the order in which they were sent', () => {
  const { messages, told } = messagesOfOne();
  for (const id of ['a', 'b', 'c']) messages.sent(id);
  messages.stored('c', answer(3));
  messages.answered('b', error);
  deepStrictEqual([told, messages.size], [[], 3]);
  messages.stored('a', answer(1));
  deepStrictEqual([told, messages.size], [[answer(1), error, answer(3)], 0]);
});
rule('a second answer, or one to a message sent by nobody, is ignored', () => {
  const { messages, told } = messagesOfOne();
  messages.stored('a', answer(1));
  for (const id of ['a', 'b']) messages.sent(id);
  messages.stored('b', answer(2));
  messages.answered('b', error);
  messages.stored('a', answer(1));
  messages.answered('a', error);
  deepStrictEqual([told, messages.size], [[answer(1), answer(2)], 0]);
});
rule('without receipts only what was not stored is told', () => {
  const { messages, told } = messagesOfOne();
  messages.wantsReceipts = false;
  for (const id of ['a', 'b']) messages.sent(id);
  messages.stored('a', answer(1));
  messages.answered('b', error);
  deepStrictEqual(told, [error]);
});

rule('so many messages a second, and twice as many at once', () => {
  const rate = new TokenBucket(10, 0);
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
