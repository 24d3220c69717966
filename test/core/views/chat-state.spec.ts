import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { Recorded } from '../../../core/event-store.ts';
import { type ChatView, emptyChat } from '../../../core/views/chat.ts';
import { chatFrom, stateOf } from '../../../core/views/chat-state.ts';
import { evolveWholeChat } from '../../../core/views/whole-chat.ts';
import { rule } from '../../support/given.ts';
import { arbitraryLog } from '../arbitrary-events.ts';

const fold = (records: readonly Recorded[], view: ChatView = emptyChat()): ChatView => {
  for (const recorded of records) evolveWholeChat(view, recorded);
  return view;
};

const textOf = (view: ChatView): string => canonicalJson(stateOf(view));

rule('a view that is made from a state again has that state, and folds on like the first', () => {
  fc.assert(
    fc.property(arbitraryLog, fc.nat(100), (records, cut) => {
      const [first, rest] = [records.slice(0, cut), records.slice(cut)];
      const state = JSON.parse(textOf(fold(first))) as ReturnType<typeof stateOf>;
      deepStrictEqual(textOf(chatFrom(state)), textOf(fold(first)));
      deepStrictEqual(textOf(fold(rest, chatFrom(state))), textOf(fold(records)));
    }),
  );
});

rule('nothing of a view is missing in its state', () => {
  const named = Object.keys(emptyChat()).map((part) => (part === 'followers' ? 'following' : part));
  deepStrictEqual(Object.keys(stateOf(emptyChat())).toSorted(), named.toSorted());
});

rule('the order in which partitions are read changes nothing of the state', () => {
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      // Whom a user follows, and a server's life, stand in one partition each.
      const records = log.filter(
        ({ event, partition }) => partition === 0 || !/^(User|ServerStarted)/.test(event.type),
      );
      const byPartition = records.toSorted((one, other) => one.partition - other.partition);
      deepStrictEqual(textOf(fold(byPartition)), textOf(fold(records)));
    }),
  );
});

rule('a replay knows whom everybody follows, without anybody having logged in', () => {
  const subscribed = { type: 'UserSubscribed', data: { user: 'bob', target: 'alice' } } as const;
  const recorded: Recorded = {
    partition: 0,
    position: 2,
    stream: 'following:bob',
    revision: 1,
    at: 1,
    id: 'id',
    cause: 'cause',
    actor: { server: 'north', incarnation: 1 },
    event: subscribed,
  };
  deepStrictEqual(stateOf(fold([recorded])).following, {
    bob: { revision: 1, targets: ['alice'] },
  });
});
