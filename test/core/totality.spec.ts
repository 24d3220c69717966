import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { evolveAccount, initialAccount } from '../../core/account.ts';
import { evolveDirect, initialConversation } from '../../core/direct.ts';
import type { EventOf, EventType } from '../../core/event.ts';
import { evolveFollowing, initialFollowing } from '../../core/following.ts';
import { evolveKeptRooms, initialKeptRooms } from '../../core/kept-rooms.ts';
import { evolveRetention, initialRetention } from '../../core/retention.ts';
import { evolveRoom, initialRoom, type Room } from '../../core/room.ts';
import { evolveServer, initialServer } from '../../core/server.ts';
import { evolveSession, initialSession } from '../../core/session.ts';
import { emptyChat, evolveChat } from '../../core/views/chat.ts';
import { rule } from '../support/given.ts';
import { arbitraryEvent, recordOf } from './arbitrary-events.ts';

/** Any events in any order, sensible or not. */
function folds<S, T extends EventType>(
  what: string,
  types: readonly T[],
  initial: S,
  evolve: (state: S, event: EventOf<T>) => S,
): void {
  rule(`${what} folds any events of its stream, and keeps the states before as they were`, () =>
    fc.assert(
      fc.property(fc.array(arbitraryEvent(...types), { maxLength: 40 }), (events) => {
        let state = initial;
        for (const event of events) {
          const before = structuredClone(state);
          const next = evolve(state, event);
          deepStrictEqual(state, before);
          deepStrictEqual(evolve(state, event), next, 'the same again');
          state = next;
        }
      }),
    ),
  );
}

folds(
  'an account',
  ['AccountRegistered', 'PasswordChanged', 'AccountSuspended', 'AccountReinstated', 'UserErased'],
  initialAccount,
  evolveAccount,
);
folds(
  'a session',
  ['SessionOpened', 'SessionDetached', 'SessionResumed', 'SessionClosed'],
  initialSession,
  evolveSession,
);
folds(
  'kept rooms',
  ['RoomKept', 'RoomDropped', 'RoomRead', 'KeptRoomsSummed'],
  initialKeptRooms,
  evolveKeptRooms,
);
folds('a retention', ['RetentionSet'], initialRetention, evolveRetention);
folds('a following', ['UserSubscribed', 'UserUnsubscribed'], initialFollowing, evolveFollowing);
folds(
  'a conversation',
  ['DirectMessagePosted', 'ReadMarked', 'ConversationRead'],
  initialConversation,
  evolveDirect,
);
folds('a server', ['ServerStarted', 'ServerStopped', 'ServerLost'], initialServer, evolveServer);

rule('a room, which owns its state, folds any events of its stream, and twice as once', () =>
  fc.assert(
    fc.property(fc.array(arbitraryEvent('RoomJoined', 'RoomLeft', 'MessagePosted')), (events) => {
      let state: Room = initialRoom;
      for (const event of events) {
        state = evolveRoom(state, event);
        deepStrictEqual(evolveRoom(structuredClone(state), event), state);
      }
    }),
  ),
);

rule('the views fold any records of any partitions', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(arbitraryEvent(), fc.nat(2)), { maxLength: 80 }), (entries) => {
      const view = emptyChat();
      for (const [index, [event, partition]] of entries.entries())
        evolveChat(view, recordOf(event, partition, index + 1));
    }),
  ),
);
