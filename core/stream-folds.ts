import { type Account, type AccountEvent, evolveAccount, initialAccount } from './account.ts';
import type { AuditEvent, PublishedKey, SigningKeyPublished } from './audit.ts';
import type { EpochStarted } from './epoch.ts';
import type { Recorded } from './event-store.ts';
import { evolveFollowing, type Following, type FollowingEvent } from './following.ts';
import { evolveKeptRooms, type KeptRooms, type KeptRoomsEvent } from './kept-rooms.ts';
import { evolveReadings, noReadings, type Readings } from './readings.ts';
import {
  evolveRetention,
  initialRetention,
  type Retention,
  type RetentionEvent,
} from './retention.ts';
import type { RoomEvent } from './room.ts';
import { evolveServer, initialServer, type Server, type ServerEvent } from './server.ts';
import { evolveSession, initialSession, type Session, type SessionEvent } from './session.ts';

/**
 * The version of all folds whose states are kept as snapshots. To be raised with every change of what
 * a fold makes of an event, or of the form of its state.
 */
export const foldVersion = 2;

/**
 * The versions whose states are read as they are; those of any other are refused.
 * - 1 kept the last hundred of all readings, where 2 keeps a hundred of names and a hundred of the
 *   others: what 1 has kept is a shorter list of the same form, and goes on as one of 2.
 */
const readableFolds: ReadonlySet<number> = new Set([1, foldVersion]);

export const isReadableFold = (version: number): boolean => readableFolds.has(version);

/**
 * How the state of one kind of streams is folded, and how it is written down. There is none for
 * inboxes: a mark lies behind every message that it covers, so no message outlives its mark.
 */
export interface StreamFold<S> {
  /** What the names of its streams begin with. */
  readonly kind: string;
  readonly initial: S;
  /** The state after a record of the stream, or one that is linked to it. */
  readonly evolve: (state: S, recorded: Recorded) => S;
  /** What JSON can say of a state, and the state again. */
  readonly write: (state: S) => unknown;
  readonly read: (written: unknown) => S;
}

const asItIs = <S>(): Pick<StreamFold<S>, 'write' | 'read'> => ({
  write: (state) => state,
  read: (written) => written as S,
});

export const accountFold: StreamFold<Account> = {
  kind: 'account:',
  initial: initialAccount,
  evolve: (state, { event }) => evolveAccount(state, event as AccountEvent),
  ...asItIs(),
};

/** The last event alone tells it. */
export const sessionFold: StreamFold<Session> = {
  kind: 'session:',
  initial: initialSession,
  evolve: (_, { event }) => evolveSession(initialSession, event as SessionEvent),
  ...asItIs(),
};

export const followingFold: StreamFold<Following> = {
  kind: 'following:',
  initial: new Set(),
  evolve: (state, { event }) => evolveFollowing(state, event as FollowingEvent),
  write: (state) => [...state],
  read: (written) => new Set(written as readonly string[]),
};

export const keptRoomsFold: StreamFold<KeptRooms> = {
  kind: 'rooms:',
  initial: new Map(),
  evolve: (state, { event }) => evolveKeptRooms(state, event as KeptRoomsEvent),
  write: (state) => [...state],
  read: (written) => new Map(written as readonly (readonly [string, number])[]),
};

export const retentionFold: StreamFold<Retention> = {
  kind: 'retention:',
  initial: initialRetention,
  evolve: (state, { event }) => evolveRetention(state, event as RetentionEvent),
  write: (state) => state ?? null,
  read: (written) => (written as number | null) ?? undefined,
};

export const serverFold: StreamFold<Server> = {
  kind: 'server:',
  initial: initialServer,
  evolve: (state, { event }) => evolveServer(state, event as ServerEvent),
  ...asItIs(),
};

/** How a room's name was first written; empty before anybody was in it. */
export const roomNameFold: StreamFold<string> = {
  kind: 'room:',
  initial: '',
  evolve: (state, recorded) => {
    const event = recorded.event as RoomEvent;
    return state === '' && event.type === 'RoomJoined' ? event.data.name : state;
  },
  ...asItIs(),
};

/** The epoch in force. */
export const epochFold: StreamFold<string> = {
  kind: 'epoch',
  initial: '',
  evolve: (_, { event }) => (event as EpochStarted).data.epoch,
  ...asItIs(),
};

/**
 * How many texts of a user's were written while texts were not sealed: they outlive an erasure in
 * what the log was archived to. Not a stream, but its state is kept like one's.
 */
export const plainTextsFold: StreamFold<number> = {
  kind: 'plain:',
  initial: 0,
  evolve: (count) => count + 1,
  ...asItIs(),
};

/** The name of the snapshot of a user's {@link plainTextsFold}, in each partition. */
export const plainTextsName = (user: string): string => `${plainTextsFold.kind}${user}`;

/** What of people was read out of the log: a receipt of an erasure lists it. */
export const readingsFold: StreamFold<Readings> = {
  kind: 'audit:',
  initial: noReadings,
  evolve: (state, { event, at }) => evolveReadings(state, event as AuditEvent, at),
  ...asItIs(),
};

/** Whether one of them counts is for others to say: that takes checking a signature. */
export const signingKeysFold: StreamFold<readonly PublishedKey[]> = {
  kind: 'signing-keys:',
  initial: [],
  evolve: (keys, { event }) => [...keys, (event as SigningKeyPublished).data],
  ...asItIs(),
};

const folds: readonly WrittenFold[] = [
  onWritten(accountFold),
  onWritten(sessionFold),
  onWritten(followingFold),
  onWritten(keptRoomsFold),
  onWritten(retentionFold),
  onWritten(serverFold),
  onWritten(roomNameFold),
  onWritten(epochFold),
  onWritten(plainTextsFold),
  onWritten(readingsFold),
  onWritten(signingKeysFold),
];

/** The fold of a stream's written state; undefined where nothing is decided or shown by it. */
export const writtenFoldOf = (stream: string): WrittenFold | undefined =>
  folds.find(({ kind }) => stream.startsWith(kind));

/** A fold from one written state to the next; undefined stands for a stream without records. */
export interface WrittenFold {
  readonly kind: string;
  evolve(written: unknown, records: readonly Recorded[]): unknown;
}

function onWritten<S>({ kind, initial, evolve, write, read }: StreamFold<S>): WrittenFold {
  return {
    kind,
    evolve: (written, records) =>
      write(records.reduce(evolve, written === undefined ? initial : read(written))),
  };
}
