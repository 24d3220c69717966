import type { Member } from '../room.ts';
import { type ChatView, emptyChat } from './chat.ts';
import { rememberFollowing } from './followers.ts';
import type { OccupiedRoom } from './rooms.ts';
import type { RunningServer } from './servers.ts';
import type { OpenSession } from './sessions.ts';

/**
 * A chat's state as plain values: what its canonical text is made of, and what a view can be made
 * from again. It says nothing of the order in which anything came to be.
 */
export type ChatState = {
  /** By partition. */
  readonly epochs: Readonly<Record<string, string>>;
  /** Whom each user follows, in order, of those who ever followed anybody. */
  readonly following: Readonly<Record<string, FollowingState>>;
  /** By the canonical form of the name. */
  readonly rooms: Readonly<Record<string, RoomState>>;
  /** For how many days the texts of rooms are kept, of those for which that was said. */
  readonly retentions: Readonly<Record<string, number>>;
  /** Those that run, by name. */
  readonly servers: Readonly<Record<string, Readonly<RunningServer>>>;
  /** Those that are open, by id. */
  readonly sessions: Readonly<Record<string, Readonly<OpenSession>>>;
};

type FollowingState = { readonly revision: number; readonly targets: readonly string[] };

type RoomState = {
  readonly name: string;
  readonly partition: number;
  /** The place of its last event. */
  readonly number: number;
  /** By session. */
  readonly members: Readonly<Record<string, Readonly<Member>>>;
};

export function stateOf(view: ChatView): ChatState {
  const { epochs, followers, rooms, retentions, servers, sessions } = view;
  const following = [...followers.following]
    .filter(([, { revision }]) => revision > 0)
    .map(([user, { revision, targets }]) => {
      return [user, { revision, targets: [...targets].toSorted() }] as const;
    });
  return {
    epochs: record([...epochs].map(([partition, epoch]) => [String(partition), epoch] as const)),
    following: record(following),
    rooms: record(
      [...rooms.byRoom].map(([room, occupied]) => [room, roomState(occupied)] as const),
    ),
    retentions: record(retentions),
    servers: record(servers),
    sessions: record(sessions.bySession),
  };
}

/** A view of that state, which a fold can go on with. */
export function chatFrom(state: ChatState): ChatView {
  const view = emptyChat();
  for (const [partition, epoch] of Object.entries(state.epochs))
    view.epochs.set(Number(partition), epoch);
  for (const [name, running] of Object.entries(state.servers)) view.servers.set(name, running);
  for (const [room, days] of Object.entries(state.retentions)) view.retentions.set(room, days);
  for (const [session, open] of Object.entries(state.sessions)) {
    view.sessions.bySession.set(session, open);
    view.sessions.byUser.set(open.user, open);
  }
  for (const [user, { revision, targets }] of Object.entries(state.following))
    rememberFollowing(view.followers, user, { revision, targets: new Set(targets) });
  for (const [room, { members, ...rest }] of Object.entries(state.rooms))
    addRoom(view, { status: 'occupied', room, ...rest, members: mapOf(members), users: new Map() });
  return view;
}

function addRoom({ rooms }: ChatView, room: OccupiedRoom): void {
  rooms.byRoom.set(room.room, room);
  for (const [session, { user }] of room.members) {
    room.users.set(user, (room.users.get(user) ?? 0) + 1);
    const others = rooms.bySession.get(session);
    if (others === undefined) rooms.bySession.set(session, new Set([room]));
    else others.add(room);
  }
}

const roomState = ({ name, partition, number, members }: OccupiedRoom): RoomState => ({
  name,
  partition,
  number,
  members: record(members),
});

/** Each an own member, whatever it is called. */
const record = <T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> =>
  Object.fromEntries(entries);

const mapOf = <T>(values: Readonly<Record<string, T>>): Map<string, T> =>
  new Map(Object.entries(values));
