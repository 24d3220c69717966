import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { Recorded } from '../../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../../core/views/chat.ts';
import { nothingFollowed, rememberFollowing } from '../../core/views/followers.ts';
import { rule } from '../support/given.ts';
import { arbitraryLog } from './arbitrary-events.ts';

/** Each record of a log, with the state before it and what it shows. */
function* shownAlong(
  log: readonly Recorded[],
): Generator<readonly [ChatView, Recorded, readonly Delivery[]]> {
  const view = emptyChat();
  for (const follower of ['alice', 'bob', 'carol'])
    rememberFollowing(view.followers, follower, nothingFollowed);
  for (const recorded of log) {
    const { type, data } = recorded.event;
    // The rules let nobody follow themselves.
    if (type === 'UserSubscribed' && data.user === data.target) continue;
    const before = structuredClone(view);
    const deliveries = deliveriesOf(view, recorded);
    deepStrictEqual(view, before, 'what is shown changes no state');
    yield [before, recorded, deliveries];
    evolveChat(view, recorded);
  }
}
rule('a message is shown to a session once at most, and never to its author', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      for (const [, { event }, deliveries] of shownAlong(log)) {
        if (event.type !== 'MessagePosted') continue;
        const shown = deliveries.flatMap(({ kind, to }) => (kind === 'answer' ? [] : [...to]));
        deepStrictEqual(shown.length, new Set(shown).size);
        ok(!shown.includes(event.data.session));
      }
    }),
  ),
);
rule(
  'a message is shown as a room’s to members alone, and as a subscription’s to none of them',
  () =>
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        for (const [{ rooms }, { event }, deliveries] of shownAlong(log)) {
          if (event.type !== 'MessagePosted') continue;
          const members = rooms.byRoom.get(event.data.room)?.members ?? new Map<string, unknown>();
          for (const { kind, to } of deliveries)
            for (const session of to)
              if (kind !== 'answer') deepStrictEqual(members.has(session), kind === 'message');
        }
      }),
    ),
);
