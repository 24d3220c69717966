import type { Answer, PastMessage, RoomState } from '../core/answer.ts';
import { type Cursor, StoreUnreachable } from '../core/event-store.ts';
import { initialKeptRooms, type KeptRooms } from '../core/kept-rooms.ts';
import { roomStream } from '../core/stream.ts';
import { type OccupiedRoom, roomsOf } from '../core/views/rooms.ts';
import { liveWebAddresses } from '../core/views/servers.ts';
import type { Chat } from './chat.ts';
import { cursorText } from './cursor.ts';
import type { HeldSession } from './held-session.ts';
import type { Unread } from './inbox.ts';
import { loadKeptRooms } from './loaded-kept-rooms.ts';
import { tokenOf } from './session-token.ts';
import { recordsBackwards } from './stream-records.ts';

/** As many unread messages are counted; more are shown as so many or more. */
export const unreadShownMax = 100;
/** So far back a room is looked at for what is unread and what was said last. */
const recordsLookedAtMax = 256;

/**
 * What a client needs to go on with a session: its secret, its rooms and whom its user follows.
 * What cannot be read of a room meanwhile is left out: its events come all the same.
 */
export async function describeOpenSession(
  chat: Chat,
  held: HeldSession,
  {
    openedAt,
    unread,
  }: { readonly openedAt: readonly Cursor[]; readonly unread: Unread | undefined },
): Promise<Answer> {
  const { follower, options } = chat;
  const { user, session } = held;
  const kept = await loadKeptRooms(chat.stores.events, user, held.keptRooms).catch(nothingKnown);
  const rooms = [...roomsOf(follower.view.rooms, session)].map((room) =>
    describeRoom(chat, held, room, kept.state),
  );
  const { followers, servers } = follower.view;
  return {
    kind: 'sessionOpen',
    user,
    token: tokenOf(held),
    server: options.name,
    servers: liveWebAddresses(servers),
    rooms: await Promise.all(rooms),
    following: [...(followers.following.get(user)?.targets ?? [])].toSorted(),
    // What came since is held, and sent after this: a client that is cut off between has not had it.
    cursor: cursorText(openedAt),
    ...(unread?.isAll === false ? { moreDirect: true } : {}),
  };
}

/** A room as somebody finds it who is in it. */
export async function describeRoom(
  { stores, follower }: Chat,
  held: HeldSession,
  room: OccupiedRoom,
  kept: KeptRooms,
): Promise<RoomState> {
  // Taken together, before anything else is read: what comes after is shown by itself.
  // In no order, for thousands may come back at once to a room of thousands.
  const members = [...room.users.keys()];
  const number = held.shownFrom.get(room.room) ?? room.number;
  const epoch = follower.view.epochs.get(room.partition) ?? '';
  const read = held.newlyKept.has(room.room) ? number : (kept.get(room.room) ?? 0);
  const seen = { read, number, held };
  const { unread, last } = await lookBack(stores.events, room, seen).catch(nothingSeen);
  if (held.newlyKept.delete(room.room) && last !== undefined)
    held.roomMarks.read(room.room, number);
  const state = { room: room.room, name: room.name, epoch, number, members, read, unread };
  if (last !== undefined) held.reads.shown(room.room, [last.number, last.number]);
  const retentionDays = follower.view.retentions.get(room.room);
  return {
    ...state,
    ...(last && { last }),
    ...(retentionDays !== undefined && { retentionDays }),
  };
}

const nothingKnown = (error: unknown): { readonly state: KeptRooms } => {
  if (error instanceof StoreUnreachable) return { state: initialKeptRooms };
  throw error;
};

interface Seen {
  readonly unread: number;
  readonly last: PastMessage | undefined;
}

const nothingSeen = (error: unknown): Seen => {
  if (error instanceof StoreUnreachable) return { unread: 0, last: undefined };
  throw error;
};

async function lookBack(
  events: Chat['stores']['events'],
  { room }: OccupiedRoom,
  { read, number, held }: { read: number; number: number; held: HeldSession },
): Promise<Seen> {
  let unread = 0;
  let looked = 0;
  let last: PastMessage | undefined;
  for await (const { revision, at, event } of recordsBackwards(events, {
    stream: roomStream(room),
  })) {
    if (looked++ === recordsLookedAtMax || unread === unreadShownMax) break;
    if (last !== undefined && revision <= read) break;
    // What came later is counted by whoever is shown it.
    if (event.type !== 'MessagePosted' || revision > number) continue;
    last ??= { number: revision, at, user: event.data.user, text: event.text };
    if (revision > read && event.data.user !== held.user) unread += 1;
  }
  return { unread, last };
}
