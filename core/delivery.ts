import type { Answer } from './answer.ts';
import type { EventOf } from './event.ts';
import type { Recorded } from './event-store.ts';
import { lobby } from './names.ts';
import type { SessionEnd } from './session.ts';
import type { ChatView } from './views/chat.ts';
import { type Departure, departuresBy, type OccupiedRoom } from './views/rooms.ts';

/** Something that one record shows to some sessions. `to` names the sessions. */
export type Delivery =
  | {
      readonly kind: 'message';
      readonly to: readonly string[];
      readonly room: string;
      readonly user: string;
      readonly text: string;
    }
  /** A message of a followed user in a room that the follower is not in. */
  | {
      readonly kind: 'subbed';
      readonly to: readonly string[];
      readonly user: string;
      readonly text: string;
    }
  | {
      readonly kind: 'joined' | 'left';
      readonly to: readonly string[];
      readonly room: string;
      readonly user: string;
    }
  | {
      readonly kind: 'direct';
      readonly to: readonly string[];
      readonly from: string;
      readonly text: string;
    }
  | { readonly kind: 'answer'; readonly to: readonly [string]; readonly answer: Answer }
  | { readonly kind: 'ended'; readonly to: readonly [string]; readonly reason: SessionEnd };

/**
 * Who is shown what of a record. `view` is the state *before* the record: a member who joins by it
 * does not see it, one who leaves by it does not either, and both are decided by the log alone.
 */
export function deliveriesOf(view: ChatView, recorded: Recorded): readonly Delivery[] {
  const { event } = recorded;
  switch (event.type) {
    case 'MessagePosted':
      return messageDeliveries(view, recorded, event);
    case 'RoomJoined':
      return joinDeliveries(view, recorded, event);
    case 'RoomLeft':
    case 'ServerStopped':
    case 'ServerLost':
      return leaveDeliveries(departuresBy(view.rooms, recorded));
    case 'DirectMessagePosted': {
      const { from, to } = event.data;
      const recipient = view.sessions.byUser.get(to);
      const shown: Delivery[] =
        recipient === undefined
          ? []
          : [{ kind: 'direct', to: [recipient.session], from, text: event.text }];
      return [...shown, ...answered(recorded, { kind: 'directStored', to })];
    }
    case 'SessionOpened': {
      const { user, session } = event.data;
      const answer: Answer = { kind: 'welcome', user, room: lobby.shown };
      return [{ kind: 'answer', to: [session], answer }];
    }
    case 'SessionClosed':
      return closeDeliveries(event);
    case 'AccountRegistered':
      return answered(recorded, { kind: 'registered', user: event.data.user });
    case 'PasswordChanged':
      return event.data.reason === 'changed' ? answered(recorded, { kind: 'passwordChanged' }) : [];
    case 'UserSubscribed':
      return answered(recorded, { kind: 'subscribed', target: event.data.target });
    case 'UserUnsubscribed':
      return answered(recorded, { kind: 'unsubscribed', target: event.data.target });
    default:
      return [];
  }
}

function messageDeliveries(
  view: ChatView,
  recorded: Recorded,
  { data: { room: canonical, user }, text }: EventOf<'MessagePosted'>,
): readonly Delivery[] {
  const room = view.rooms.byRoom.get(canonical);
  if (room === undefined) return [];
  const deliveries: Delivery[] = [
    { kind: 'message', to: othersIn(room, user), room: room.name, user, text },
  ];
  const followers = followersOutside(view, room, user);
  if (followers.length > 0) deliveries.push({ kind: 'subbed', to: followers, user, text });
  const epoch = view.epochs.get(recorded.partition) ?? '';
  const number = recorded.revision;
  deliveries.push(...answered(recorded, { kind: 'stored', room: room.name, epoch, number }));
  return deliveries;
}

function joinDeliveries(
  view: ChatView,
  recorded: Recorded,
  { data: { room: canonical, name, user, session } }: EventOf<'RoomJoined'>,
): readonly Delivery[] {
  const room = view.rooms.byRoom.get(canonical);
  const shown = room?.name ?? name;
  const deliveries: Delivery[] = [];
  // A login's own join is part of its welcome.
  if (view.sessions.bySession.get(session)?.cause !== recorded.cause)
    deliveries.push({ kind: 'answer', to: [session], answer: { kind: 'joined', room: shown } });
  if (room !== undefined && !room.users.has(user))
    deliveries.push({ kind: 'joined', to: othersIn(room, user), room: shown, user });
  return deliveries;
}

/** A user has left when the last of their sessions in the room has. */
function leaveDeliveries(departures: readonly Departure[]): readonly Delivery[] {
  const leaving = new Set(departures.map(({ session }) => session));
  const remaining = new Map<string, number>();
  const deliveries: Delivery[] = [];
  for (const { room, user } of departures) {
    const key = `${room.room}:${user}`;
    const left = (remaining.get(key) ?? room.users.get(user) ?? 1) - 1;
    remaining.set(key, left);
    const to = othersIn(room, user).filter((session) => !leaving.has(session));
    if (left === 0 && to.length > 0) deliveries.push({ kind: 'left', to, room: room.name, user });
  }
  return deliveries;
}

function closeDeliveries({
  data: { user, session, reason },
}: EventOf<'SessionClosed'>): readonly Delivery[] {
  const ended: Delivery = { kind: 'ended', to: [session], reason };
  if (reason !== 'logout') return [ended];
  return [{ kind: 'answer', to: [session], answer: { kind: 'goodbye', user } }, ended];
}

/** An answer to the session that asked; a tool has none. */
function answered({ actor }: Recorded, answer: Answer): readonly Delivery[] {
  return actor.session === undefined ? [] : [{ kind: 'answer', to: [actor.session], answer }];
}

function othersIn(room: OccupiedRoom, user: string): string[] {
  const sessions: string[] = [];
  for (const [session, member] of room.members) if (member.user !== user) sessions.push(session);
  return sessions;
}

function followersOutside(view: ChatView, room: OccupiedRoom, user: string): string[] {
  const sessions: string[] = [];
  for (const follower of view.followers.followers.get(user) ?? []) {
    const session = view.sessions.byUser.get(follower)?.session;
    if (session !== undefined && !room.users.has(follower)) sessions.push(session);
  }
  return sessions;
}
