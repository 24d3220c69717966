import type { Delivery } from '../../core/delivery.ts';
import type { ChatEvent } from '../../core/event.ts';
import { rule } from '../support/given.ts';
import { answersTo, here, sentTo, shownBy, shows } from './delivery-story.ts';

const user = 'alice';
const changed = (reason: 'changed' | 'reset' | 'rehash'): ChatEvent => ({
  type: 'PasswordChanged',
  data: { user, credential: 'second', reason },
});
const answered: readonly (readonly [ChatEvent, Extract<Delivery, { kind: 'answer' }>['answer']])[] =
  [
    [sentTo('bob'), { kind: 'directStored', to: 'bob', number: 1 }],
    [
      { type: 'AccountRegistered', data: { user, credential: 'c' } },
      { kind: 'registered', user },
    ],
    [changed('changed'), { kind: 'passwordChanged' }],
    [
      { type: 'UserSubscribed', data: { user, target: 'bob' } },
      { kind: 'subscribed', target: 'bob' },
    ],
    [
      { type: 'UserUnsubscribed', data: { user, target: 'bob' } },
      { kind: 'unsubscribed', target: 'bob' },
    ],
  ];
for (const [event, answer] of answered)
  rule(`${event.type} answers the session that asked, and no tool`, () => {
    shows(answersTo('a1', event), { kind: 'answer', to: ['a1'], answer });
    shows(shownBy(event));
  });
for (const reason of ['reset', 'rehash'] as const)
  rule(`a password’s ${reason} is no news to any session`, () =>
    shows(answersTo('a1', changed(reason))),
  );
rule('that a user was erased is told to every session, wherever it is', () =>
  shows(shownBy(...here, { type: 'UserErased', data: { user: 'alice', unreached: [] } }), {
    kind: 'erased',
    to: ['a1', 'b1', 'c1'],
    user: 'alice',
  }),
);
