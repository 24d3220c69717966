import fc from 'fast-check';
import type { ChatEvent, EventOf, EventType } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import { partitionOf, roomStream, sessionStream } from '../../core/stream.ts';

/**
 * Any events, of every type. Names come out of small pools, so that events meet; nothing else
 * about them has to make sense, since a fold takes what the log holds.
 */
const user = fc.constantFrom('alice', 'bob', 'carol');
const session = fc.constantFrom('a1', 'a2', 'b1', 'b2', 'c1');
const server = fc.constantFrom('north', 'south');
const incarnation = fc.integer({ min: 1, max: 4 });
const web = fc.webUrl();
const room = fc.constantFrom('lobby', 'iitkgp', 'räume');
const name = fc.constantFrom('lobby', 'IITKGP', 'iitkgp', 'Räume');
const credential = fc.string();
const resume = fc.constantFrom('hash-1', 'hash-2');
/** Whole characters of any script, controls too: what UTF-8 can carry. */
const text = fc.string({ unit: 'binary' });
const revision = fc.nat();
const partitions = 3;

/** Of plain objects, such as JSON gives: fast-check's may have no prototype. */
const plain = <T extends EventType, D>(
  type: T,
  data: fc.Arbitrary<D>,
): fc.Arbitrary<{ type: T; data: D }> => data.map((made) => ({ type, data: { ...made } }));

const withText = <T extends EventType, D>(
  type: T,
  data: fc.Arbitrary<D>,
): fc.Arbitrary<{ type: T; data: D; text: string }> =>
  fc.tuple(data, text).map(([made, typed]) => ({ type, data: { ...made }, text: typed }));

/** One for each type: the compiler notices a type without one. */
const eventsByType: { readonly [T in EventType]: fc.Arbitrary<EventOf<T>> } = {
  AccountRegistered: plain('AccountRegistered', fc.record({ user, credential })),
  PasswordChanged: plain(
    'PasswordChanged',
    fc.record({ user, credential, reason: fc.constantFrom('changed', 'reset', 'rehash') }),
  ),
  AccountSuspended: plain('AccountSuspended', fc.record({ user })),
  AccountReinstated: plain('AccountReinstated', fc.record({ user })),
  UserErased: plain('UserErased', fc.record({ user, unreached: fc.array(fc.string()) })),
  SessionOpened: plain(
    'SessionOpened',
    fc.record(
      { user, session, server, incarnation, resume },
      { requiredKeys: ['user', 'session', 'server', 'incarnation'] },
    ),
  ),
  SessionDetached: plain('SessionDetached', fc.record({ user, session, resume })),
  SessionResumed: plain(
    'SessionResumed',
    fc.record({ user, session, server, incarnation, resume }),
  ),
  SessionClosed: plain(
    'SessionClosed',
    fc.record({
      user,
      session,
      reason: fc.constantFrom(
        'logout',
        'disconnected',
        'takenOver',
        'expired',
        'suspended',
        'passwordReset',
        'erased',
      ),
    }),
  ),
  RoomJoined: plain(
    'RoomJoined',
    fc.record(
      { room, name, user, session, server, incarnation, resumable: fc.constant<true>(true) },
      { requiredKeys: ['room', 'name', 'user', 'session', 'server', 'incarnation'] },
    ),
  ),
  RoomLeft: plain('RoomLeft', fc.record({ room, user, session })),
  MessagePosted: withText('MessagePosted', fc.record({ room, user, session })),
  RetentionSet: plain(
    'RetentionSet',
    fc.record({ room, days: fc.integer({ min: 1, max: 3_650 }) }, { requiredKeys: ['room'] }),
  ),
  RoomKept: plain('RoomKept', fc.record({ user, room })),
  RoomDropped: plain('RoomDropped', fc.record({ user, room })),
  RoomRead: plain('RoomRead', fc.record({ user, room, through: revision })),
  KeptRoomsSummed: plain(
    'KeptRoomsSummed',
    fc.record({
      user,
      rooms: fc.array(fc.record({ room, read: revision }, { noNullPrototype: true })),
    }),
  ),
  UserSubscribed: plain('UserSubscribed', fc.record({ user, target: user })),
  UserUnsubscribed: plain('UserUnsubscribed', fc.record({ user, target: user })),
  DirectMessagePosted: withText('DirectMessagePosted', fc.record({ from: user, to: user })),
  ReadMarked: plain(
    'ReadMarked',
    fc.record(
      { reader: user, peer: user, through: revision, delivered: fc.constant<true>(true) },
      { requiredKeys: ['reader', 'peer', 'through'] },
    ),
  ),
  ConversationRead: plain(
    'ConversationRead',
    fc.record({ reader: user, peer: user, through: revision }),
  ),
  ServerStarted: plain(
    'ServerStarted',
    fc.record({ server, incarnation, web }, { requiredKeys: ['server', 'incarnation'] }),
  ),
  ServerStopped: plain('ServerStopped', fc.record({ server, incarnation })),
  ServerLost: plain('ServerLost', fc.record({ server, incarnation })),
  EpochStarted: plain(
    'EpochStarted',
    fc.record(
      { epoch: fc.string(), previous: fc.string(), from: fc.nat(), partitions: fc.nat() },
      { requiredKeys: ['epoch', 'from'] },
    ),
  ),
  HistoryRead: plain(
    'HistoryRead',
    fc.record({ user, session, room, ranges: fc.array(fc.tuple(revision, revision)) }),
  ),
  LogTrimmed: plain('LogTrimmed', fc.record({ before: revision, archived: fc.boolean() })),
  SigningKeyPublished: plain('SigningKeyPublished', fc.record({ key: fc.string() })),
  CheckpointSigned: withText(
    'CheckpointSigned',
    fc.record({
      epoch: fc.string(),
      size: fc.nat(),
      root: fc.base64String(),
      range: fc.array(fc.base64String(), { maxLength: 3 }),
      note: fc.string(),
    }),
  ),
  AuditRead: plain(
    'AuditRead',
    fc.record(
      {
        reader: fc.string(),
        what: fc.string(),
        why: fc.string(),
        holds: fc.constantFrom('words', 'names', 'sealed', 'keys', 'nothing'),
      },
      { requiredKeys: ['reader', 'what'] },
    ),
  ),
};

export const eventTypes = Object.keys(eventsByType) as readonly EventType[];

/** Any event of one of these types; without any, of every type. */
export function arbitraryEvent<T extends EventType = EventType>(
  ...types: readonly T[]
): fc.Arbitrary<EventOf<T>> {
  const wanted = types.length === 0 ? (eventTypes as readonly T[]) : types;
  return fc.oneof(...wanted.map((type): fc.Arbitrary<EventOf<T>> => eventsByType[type]));
}

/** The record of an event, as the log of a partition would hold it at a position. */
export function recordOf<E extends ChatEvent>(event: E, partition = 0, position = 1): Recorded<E> {
  return {
    partition,
    position,
    stream: 'any',
    revision: position,
    at: 1_000 + position,
    id: `id-${partition}-${position}`,
    actor: { server: 'north', incarnation: 1 },
    cause: `cause-${partition}-${position}`,
    event,
  };
}

/** Mostly what the views keep: people come and go, and now and then something else happens. */
const busyEvent: fc.Arbitrary<ChatEvent> = fc.oneof(
  { weight: 4, arbitrary: arbitraryEvent('RoomJoined') },
  { weight: 4, arbitrary: arbitraryEvent('RoomLeft', 'SessionOpened', 'SessionClosed') },
  { weight: 2, arbitrary: arbitraryEvent('SessionDetached', 'SessionResumed') },
  { weight: 2, arbitrary: arbitraryEvent('MessagePosted', 'UserSubscribed') },
  { weight: 1, arbitrary: arbitraryEvent() },
);

/** A log of three partitions: sessions belong to their users, streams to their partitions. */
export const arbitraryLog: fc.Arbitrary<readonly Recorded[]> = fc
  .array(fc.tuple(busyEvent, fc.nat(partitions - 1)), { maxLength: 100 })
  .map((entries) =>
    entries.map(([made, partition], index) => {
      const owned = ownedBySession(made);
      return recordOf(owned, homeOf(owned) ?? partition, index + 1);
    }),
  );

const owners: Readonly<Record<string, string>> = { a: 'alice', b: 'bob', c: 'carol' };

function ownedBySession(made: ChatEvent): ChatEvent {
  if (!('session' in made.data)) return made;
  const owner = owners[made.data.session.charAt(0)];
  return { ...made, data: { ...made.data, user: owner } } as ChatEvent;
}

/** The partition of an event's stream; a server's end is in any of them. */
function homeOf({ type, data }: ChatEvent): number | undefined {
  if (type.startsWith('Session') && 'user' in data)
    return partitionOf(sessionStream(data.user), partitions);
  return 'room' in data ? partitionOf(roomStream(data.room), partitions) : undefined;
}
