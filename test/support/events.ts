import { randomUUID } from 'node:crypto';

import type { ChatEvent } from '../../core/event.ts';
import type { Actor, Commit, NewEvent } from '../../core/event-store.ts';
import { accountsStream, inboxStream } from '../../core/stream.ts';

/** Who caused the events below, unless a test says otherwise. */
export const alice: Actor = { user: 'alice', session: 's1', server: 'a', incarnation: 1 };

/** An event as a server would hand it to a store. */
export function newEvent(event: ChatEvent, others: Partial<NewEvent> = {}): NewEvent {
  return { id: randomUUID(), actor: alice, cause: randomUUID(), event, ...others };
}

export const messagePosted = (text: string, room = 'lobby'): NewEvent =>
  newEvent({ type: 'MessagePosted', data: { room, user: 'alice', session: 's1' }, text });

export const roomJoined = (user: string, room = 'lobby'): NewEvent =>
  newEvent({
    type: 'RoomJoined',
    data: { room, name: room, user, session: `s-${user}`, server: 'a', incarnation: 1 },
  });

export const sessionOpened = (user: string): NewEvent =>
  newEvent({
    type: 'SessionOpened',
    data: { user, session: `s-${user}`, server: 'a', incarnation: 1 },
  });

/** Listed among the accounts by its link. */
export const accountRegistered = (user: string): NewEvent =>
  newEvent(
    { type: 'AccountRegistered', data: { user, credential: randomUUID() } },
    { link: accountsStream },
  );

/** Also in the recipient's inbox, by its link. */
export const directMessagePosted = (from: string, to: string, text: string): NewEvent =>
  newEvent({ type: 'DirectMessagePosted', data: { from, to }, text }, { link: inboxStream(to) });

export const serverStarted = (server: string, incarnation: number): NewEvent =>
  newEvent({ type: 'ServerStarted', data: { server, incarnation } });

export const serverLost = (server: string, incarnation: number): NewEvent =>
  newEvent({ type: 'ServerLost', data: { server, incarnation } });

/** A commit to one stream, whatever its revision. */
export const commitTo = (stream: string, ...events: readonly NewEvent[]): Commit => ({
  parts: [{ stream, expected: 'any', events }],
});
