import { evolveFollowing, type Following, initialFollowing } from '../../core/following.ts';
import type { Recorded } from '../../core/event-store.ts';
import { type ChatView, emptyChat, evolveChat } from '../../core/views/chat.ts';
import type { ChatServer } from '../../server/chat-server.ts';
import type { SharedStore } from './shared-store.ts';
import type { SimClient } from './sim-client.ts';
import type { SimServer } from './sim-server.ts';

/** What the log says at its end. */
interface Truth {
  readonly view: ChatView;
  readonly following: ReadonlyMap<string, Following>;
  readonly heads: readonly number[];
}

/**
 * What is not as it must be some time after the faults: servers that have not read the log to its
 * end or see it otherwise, sessions without a client, members without a session, clients without
 * a session or an answer. Sentences; none if all is well.
 */
export function notConverged(
  store: SharedStore,
  servers: readonly SimServer[],
  clients: readonly SimClient[],
): readonly string[] {
  const records = store.records();
  const heads = store.log.partitions.map(({ head }) => head);
  const truth = { view: foldOf(records), following: followingOf(records), heads };
  return [
    ...ghosts(truth.view, servers),
    ...servers.flatMap((server) => serverFaults(truth, server)),
    ...clients.flatMap((client) => clientFaults(truth.view, client, servers)),
  ];
}

/** Sessions that no server holds, and members without a session, or in two rooms. */
function ghosts({ sessions, rooms }: ChatView, servers: readonly SimServer[]): string[] {
  const faults: string[] = [];
  for (const { session, user, server, incarnation } of sessions.bySession.values()) {
    const chat = servers.find(({ name }) => name === server)?.chat;
    const holder = chat?.incarnation === incarnation ? chat.fanOut.holder(session) : undefined;
    if (holder?.held?.session !== session)
      faults.push(`the session ${session} of ${user} on ${server}:${incarnation} is a ghost`);
  }
  for (const [session, { size }] of rooms.bySession) {
    if (!sessions.bySession.has(session)) faults.push(`${session} is a member without a session`);
    if (size > 1) faults.push(`${session} is in ${size} rooms`);
  }
  return faults;
}

function serverFaults({ view, following, heads }: Truth, { name, chat }: SimServer): string[] {
  if (chat === undefined || chat.isEnding) return [`${name} does not serve`];
  const faults: string[] = [];
  const { positions, view: seen } = chat.follower;
  if (positions.join() !== heads.join())
    faults.push(`${name} has read up to ${positions.join()}, the log has ${heads.join()}`);
  const [is, must] = [plain(seen), plain(view)];
  for (const part of Object.keys(must) as (keyof typeof must)[])
    if (is[part] !== must[part])
      faults.push(`${name} sees the ${part} ${is[part]}, the log has ${must[part]}`);
  const [follows, mustFollow] = [followersOf(chat), followersHere(view, following, chat)];
  if (follows !== mustFollow)
    faults.push(`${name} sees that ${follows} follow, the log says ${mustFollow}`);
  for (const [session] of chat.fanOut.sessions())
    if (!view.sessions.bySession.has(session)) faults.push(`${name} still holds ${session}`);
  return faults;
}

function clientFaults(
  { sessions }: ChatView,
  { name: client, user, line, server }: SimClient,
  servers: readonly SimServer[],
): string[] {
  if (line?.isOpen !== true || server === undefined || !servers.includes(server)) return [];
  const faults: string[] = [];
  if (line.unanswered > 0) faults.push(`${line.unanswered} answers are lacking to ${client}`);
  const isHere = sessions.byUser.get(user)?.server === server.name;
  if (line.user !== undefined && !isHere)
    faults.push(`${client} is connected to ${server.name} as ${user}, who is not logged in there`);
  return faults;
}

const foldOf = (records: readonly Recorded[]): ChatView => records.reduce(evolveChat, emptyChat());

function followingOf(records: readonly Recorded[]): ReadonlyMap<string, Following> {
  const following = new Map<string, Following>();
  for (const { event } of records)
    if (event.type === 'UserSubscribed' || event.type === 'UserUnsubscribed') {
      const { user } = event.data;
      following.set(user, evolveFollowing(following.get(user) ?? initialFollowing, event));
    }
  return following;
}

/** A view in a form that does not depend on the order in which partitions were folded. */
function plain({ sessions, rooms, servers, epochs }: ChatView) {
  return {
    sessions: sorted(sessions.bySession.values()),
    users: sorted([...sessions.byUser].map(([user, { session }]) => [user, session])),
    rooms: sorted(
      [...rooms.byRoom.values()].map(({ room, name, members, users }) => {
        return { room, name, members: sorted(members), users: sorted(users) };
      }),
    ),
    whereabouts: sorted(
      [...rooms.bySession].map(([session, of]) => [
        session,
        sorted([...of].map((one) => one.room)),
      ]),
    ),
    servers: sorted(servers),
    epochs: sorted(epochs),
  };
}

/** Both ways, as a server keeps it of those that are there. */
function followersOf({ follower }: ChatServer): string {
  const { following, followers } = follower.view.followers;
  const targets = [...following].map(([user, of]) => [user, sorted(of.targets)]);
  return `${sorted(targets)} and ${sorted([...followers].map(([user, by]) => [user, sorted(by)]))}`;
}

function followersHere(
  { sessions }: ChatView,
  following: ReadonlyMap<string, Following>,
  { options, incarnation }: ChatServer,
): string {
  const here = [...sessions.byUser.values()]
    .filter((open) => open.server === options.name && open.incarnation === incarnation)
    .map(({ user }) => [user, following.get(user) ?? initialFollowing] as const);
  const followed = new Set(here.flatMap(([, targets]) => [...targets]));
  const followers = [...followed].map((target) => {
    return [target, sorted(here.filter(([, of]) => of.has(target)).map(([user]) => user))];
  });
  return `${sorted(here.map(([user, of]) => [user, sorted(of)]))} and ${sorted(followers)}`;
}

const sorted = (values: Iterable<unknown>): string =>
  `[${[...values]
    .map((value) => JSON.stringify(value))
    .toSorted()
    .join(', ')}]`;
