import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatEvent } from '../../../core/event.ts';
import type { Recorded } from '../../../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../../../core/views/chat.ts';
import {
  emptyFollowers,
  evolveFollowers,
  rememberFollowing,
} from '../../../core/views/followers.ts';
import { emptyRooms, evolveRooms } from '../../../core/views/rooms.ts';
import { evolveServers } from '../../../core/views/servers.ts';
import { emptySessions, evolveSessions } from '../../../core/views/sessions.ts';
import { rule } from '../../support/given.ts';
import { arbitraryEvent, arbitraryLog, recordOf } from '../arbitrary-events.ts';

const fold = (records: readonly Recorded[], view: ChatView = emptyChat()): ChatView => {
  for (const recorded of records) evolveChat(view, recorded);
  return view;
};
const epoch = (name: string): ChatEvent => ({
  type: 'EpochStarted',
  data: { epoch: name, from: 1 },
});

rule('the chat is what its views fold, each for itself', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const chat = emptyChat();
      rememberFollowing(chat.followers, 'alice', { targets: new Set(['bob']), revision: 0 });
      const followers = emptyFollowers();
      rememberFollowing(followers, 'alice', { targets: new Set(['bob']), revision: 0 });
      fold(log, chat);
      deepStrictEqual(
        chat.sessions,
        log.reduce((view, one) => evolveSessions(view, one), emptySessions()),
      );
      deepStrictEqual(
        chat.rooms,
        log.reduce((view, one) => evolveRooms(view, one), emptyRooms()),
      );
      deepStrictEqual(
        chat.followers,
        log.reduce((view, one) => evolveFollowers(view, one), followers),
      );
      deepStrictEqual(
        chat.servers,
        log.reduce((view, one) => evolveServers(view, one), new Map()),
      );
    }),
  ),
);
rule('messages change nothing but the place of their room’s last event', () =>
  fc.assert(
    fc.property(
      arbitraryLog,
      arbitraryEvent('MessagePosted', 'DirectMessagePosted'),
      (log, message) => {
        const [before, after] = [fold(log), fold([...log, recordOf(message, 0, 1_000)])];
        const room =
          message.type === 'MessagePosted' ? before.rooms.byRoom.get(message.data.room) : undefined;
        if (room !== undefined) room.number = 1_000;
        deepStrictEqual(after, before);
      },
    ),
  ),
);
rule('the epoch in force is the last one that its partition tells of', () => {
  const records = [recordOf(epoch('one'), 0, 1), recordOf(epoch('two'), 1, 1)];
  const later = recordOf(epoch('three'), 0, 7);
  deepStrictEqual(Object.fromEntries(fold([...records, later]).epochs), { 0: 'three', 1: 'two' });
});
