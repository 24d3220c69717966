import type { Answer } from './answer.ts';
import type { Delivery, Place } from './delivery.ts';
import type { EventOf } from './event.ts';
import type { Recorded } from './event-store.ts';
import { lobby } from './names.ts';
import type { ChatView } from './views/chat.ts';
import { type Departure, departuresBy, type OccupiedRoom } from './views/rooms.ts';

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
      return leaveDeliveries(view, recorded, event);
    case 'ServerStopped':
    case 'ServerLost':
      return endDeliveries(departuresBy(view.rooms, recorded), recorded.at);
    case 'RetentionSet':
      return retentionDeliveries(view, event);
    case 'DirectMessagePosted':
      return directDeliveries(view, recorded, event);
    case 'SessionOpened': {
      const { user, session } = event.data;
      const answer: Answer = { kind: 'welcome', user, room: lobby.shown };
      return [{ kind: 'answer', to: [session], answer }];
    }
    case 'SessionClosed':
      return closeDeliveries(event);
    case 'UserErased':
      return [{ kind: 'erased', to: [...view.sessions.bySession.keys()], user: event.data.user }];
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
  const place = placeOf(view, recorded, canonical);
  const said = { room: room.name, user, text, place };
  const deliveries: Delivery[] = [{ kind: 'message', ...membersBut(room, user), ...said }];
  const followers = followersOutside(view, room, user);
  if (followers.length > 0) deliveries.push({ kind: 'subbed', to: followers, ...said });
  const { epoch, number } = place;
  const receipt: Answer = { kind: 'stored', room: room.name, canonical, epoch, number };
  deliveries.push(...answered(recorded, receipt));
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
  const days = view.retentions.get(canonical);
  if (days !== undefined)
    deliveries.push({
      kind: 'answer',
      to: [session],
      answer: { kind: 'retention', room: shown, days },
    });
  const { to, own } = room === undefined ? nobody : membersBut(room, user);
  const others = own.filter((one) => one !== session);
  const place = placeOf(view, recorded, canonical);
  const isNews = others.length === 0 && !own.includes(session);
  const everyOwn = [...others, session];
  deliveries.push({ kind: 'joined', to, own: everyOwn, room: shown, user, place, isNews });
  return deliveries;
}

/** All who are in the room are told. */
function retentionDeliveries(
  view: ChatView,
  { data: { room: canonical, days } }: EventOf<'RetentionSet'>,
): readonly Delivery[] {
  const room = view.rooms.byRoom.get(canonical);
  if (room === undefined) return [];
  const kept = days === undefined ? {} : { days };
  const answer: Answer = { kind: 'retention', room: room.name, ...kept };
  return [...room.members.keys()].map((session) => ({ kind: 'answer', to: [session], answer }));
}

/** A user has left when the last of their sessions in the room has. */
function leaveDeliveries(
  view: ChatView,
  recorded: Recorded,
  { data: { room: canonical, user, session } }: EventOf<'RoomLeft'>,
): readonly Delivery[] {
  const room = view.rooms.byRoom.get(canonical);
  if (room === undefined) return [];
  const place = placeOf(view, recorded, canonical);
  // One that was stored twice is no news, and has a place all the same.
  const isNews = room.members.has(session) && room.users.get(user) === 1;
  return [{ kind: 'left', ...membersBut(room, user), room: room.name, user, place, isNews }];
}

/** Room by room; in each, the users of whom no session remains, in the order of their sessions. */
function endDeliveries(departures: readonly Departure[], at: number): readonly Delivery[] {
  const leaving = new Set(departures.map(({ session }) => session));
  const byRoom = new Map<OccupiedRoom, Departure[]>();
  for (const departure of departures) {
    const gone = byRoom.get(departure.room);
    if (gone === undefined) byRoom.set(departure.room, [departure]);
    else gone.push(departure);
  }
  const deliveries: Delivery[] = [];
  for (const [room, gone] of byRoom) {
    const remaining = new Map(room.users);
    const users: string[] = [];
    for (const { user } of gone) {
      const left = (remaining.get(user) ?? 1) - 1;
      remaining.set(user, left);
      if (left === 0) users.push(user);
    }
    const to = [...room.members.keys()].filter((session) => !leaving.has(session));
    if (to.length > 0 && users.length > 0)
      deliveries.push({ kind: 'departed', to, room: room.name, canonical: room.room, users, at });
  }
  return deliveries;
}

function directDeliveries(
  view: ChatView,
  recorded: Recorded,
  { data: { from, to: recipient }, text }: EventOf<'DirectMessagePosted'>,
): readonly Delivery[] {
  const { revision: number, at } = recorded;
  const sessionsOf = (user: string): string[] => {
    const open = view.sessions.byUser.get(user);
    return open === undefined ? [] : [open.session];
  };
  const [to, own] = [sessionsOf(recipient), sessionsOf(from)];
  const message = { from, recipient, text, number, at };
  const deliveries: Delivery[] = [];
  if (to.length + own.length > 0)
    deliveries.push({ kind: 'direct', to, own, isKept: false, ...message });
  return [...deliveries, ...answered(recorded, { kind: 'directStored', to: recipient, number })];
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

const nobody = { to: [], own: [] } as { readonly to: string[]; readonly own: string[] };

/** The sessions of the other members, and those of this user. */
function membersBut(room: OccupiedRoom, user: string): { to: string[]; own: string[] } {
  const to: string[] = [];
  const own: string[] = [];
  for (const [session, member] of room.members) (member.user === user ? own : to).push(session);
  return { to, own };
}

const placeOf = (view: ChatView, recorded: Recorded, room: string): Place => ({
  room,
  epoch: view.epochs.get(recorded.partition) ?? '',
  number: recorded.revision,
  at: recorded.at,
});

function followersOutside(view: ChatView, room: OccupiedRoom, user: string): string[] {
  const sessions: string[] = [];
  for (const follower of view.followers.followers.get(user) ?? []) {
    const session = view.sessions.byUser.get(follower)?.session;
    if (session !== undefined && !room.users.has(follower)) sessions.push(session);
  }
  return sessions;
}
