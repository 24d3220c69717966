import type { EventOf, EventType } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import { retentionWords } from '../../core/retention.ts';
import { partitionOf, serverStream } from '../../core/stream.ts';
import type { SessionEnd } from '../../core/session.ts';
import type { CommitContext } from './commits.ts';

/** What a record reads like: in which room, and the words. */
export interface Told {
  /** The canonical form of the room's name; absent for what is in no room. */
  readonly room?: string;
  /** `said`: a person's own words. `kept`: bookkeeping, which nobody is shown. */
  readonly tone: 'said' | 'moved' | 'ended' | 'kept';
  /** Who acts, if it is a user, and what stands between the name and the words. */
  readonly user?: string;
  readonly between?: string;
  readonly words: string;
}

type Teller<T extends EventType> = (
  event: EventOf<T>,
  recorded: Recorded,
  commit: CommitContext,
  partitions: number,
) => Told | undefined;

/** In words, for each type of event; undefined for what is told elsewhere. */
const tellers: { readonly [T in EventType]: Teller<T> } = {
  AccountRegistered: ({ data: { user } }, recorded) =>
    person(user, `registered${byTool(recorded)}`),
  PasswordChanged: ({ data: { user, reason } }, recorded) => {
    if (reason === 'rehash') return kept(user, 'has a stronger hash of the same password');
    return person(
      user,
      reason === 'changed'
        ? 'changed the password'
        : `was given another password${byTool(recorded)}`,
    );
  },
  AccountSuspended: ({ data: { user } }, recorded) =>
    person(user, `was suspended${byTool(recorded)}`),
  AccountReinstated: ({ data: { user } }, recorded) =>
    person(user, `may log in again${byTool(recorded)}`),
  UserErased: ({ data: { user } }, recorded) => ({
    tone: 'ended',
    words: `${user} was erased${byTool(recorded)}: nothing they wrote can be read any more`,
  }),
  SessionOpened: ({ data: { user, server } }) => person(user, `logged in on ${server}`),
  SessionDetached: ({ data: { user } }) => person(user, 'lost the connection, and may come back'),
  SessionResumed: ({ data: { user, server } }) => person(user, `came back, on ${server}`),
  SessionClosed: ({ data: { user, reason } }) => person(user, endWords[reason]),
  RoomJoined: ({ data: { room, user } }) => ({ ...person(user, 'joined'), room }),
  RoomLeft: ({ data: { room, user, session } }, _recorded, { ends, moves }) => {
    const end = ends.get(session);
    const to = moves.get(session);
    const why = end === undefined ? to && `to ${to}` : leaveWords[end];
    return { ...person(user, why === undefined || why === '' ? 'left' : `left (${why})`), room };
  },
  MessagePosted: ({ data: { room, user }, text }) => ({
    room,
    tone: 'said',
    user,
    between: ': ',
    words: text,
  }),
  RoomKept: ({ data: { user, room } }) => ({ ...kept(user, 'keeps the room'), room }),
  RoomDropped: ({ data: { user, room } }) => ({ ...kept(user, 'keeps the room no longer'), room }),
  RoomRead: ({ data: { user, room, through } }) => ({
    ...kept(user, `has read up to ${through}`),
    room,
  }),
  KeptRoomsSummed: ({ data: { user, rooms } }) =>
    kept(user, `keeps ${rooms.length === 1 ? '1 room' : `${rooms.length} rooms`}, in sum`),
  RetentionSet: ({ data: { room, days } }) => ({
    ...thing(`what is said is kept ${retentionWords(days)}`),
    room,
  }),
  UserSubscribed: ({ data: { user, target } }) => person(user, `follows ${target}`),
  UserUnsubscribed: ({ data: { user, target } }) => person(user, `follows ${target} no longer`),
  DirectMessagePosted: ({ data: { from, to }, text }) => ({
    tone: 'said',
    user: from,
    between: ` → ${to}: `,
    words: text,
  }),
  ReadMarked: ({ data: { reader, peer } }) => kept(reader, `was shown what ${peer} sent`),
  ConversationRead: ({ data: { reader, peer, through } }) =>
    kept(reader, `has read what ${peer} sent, up to #${through}`),
  ServerStarted: ({ data: { server, web } }) =>
    thing(`server ${server} started${web === undefined ? '' : `, for browsers at ${web}`}`),
  ServerStopped: ({ data: { server } }, recorded, _commit, partitions) =>
    atHome(server, recorded, partitions, `server ${server} stopped: what it held is over`),
  ServerLost: ({ data: { server } }, recorded, _commit, partitions) =>
    atHome(server, recorded, partitions, `server ${server} was lost: what it held is over`),
  EpochStarted: ({ data: { epoch, previous, from } }) =>
    previous === undefined
      ? { tone: 'kept', words: `the log begins, epoch ${epoch}` }
      : thing(`the log was set back: from position ${from} on it is another, epoch ${epoch}`),
  HistoryRead: ({ data: { user, room, ranges } }) => ({
    ...kept(
      user,
      `read ${ranges.map(([from, through]) => (from === through ? from : `${from}–${through}`)).join(', ')} of the history`,
    ),
    room,
  }),
  LogTrimmed: ({ data: { before, archived } }) => ({
    tone: 'kept',
    words: `what was before position ${before} was trimmed${archived ? ', and archived' : ''}`,
  }),
  SigningKeyPublished: ({ data: { key } }) => ({
    tone: 'kept',
    words: `checkpoints are signed with ${key} from here on`,
  }),
  CheckpointSigned: ({ data: { size } }) => ({
    tone: 'kept',
    words: `the first ${size} records were sealed`,
  }),
  AuditRead: ({ data: { reader, what, why } }) => ({
    tone: 'kept',
    words: `${reader} read the log: ${what}${why === undefined ? '' : ` (${why})`}`,
  }),
};

/** Every type of event that this program knows. */
export const eventTypes = Object.keys(tellers) as readonly EventType[];

/**
 * What an event reads like, of whatever version of the program; undefined for nothing.
 * `partitions`: how many the log has.
 */
export function tell(
  recorded: Recorded,
  commit: CommitContext,
  partitions: number,
): Told | undefined {
  const { event } = recorded;
  const teller = (tellers as Readonly<Record<string, Teller<EventType> | undefined>>)[event.type];
  if (teller !== undefined) return teller(event, recorded, commit, partitions);
  return { tone: 'kept', words: `${event.type} ${JSON.stringify(event.data)}` };
}

const person = (user: string, words: string): Told => ({
  tone: 'moved',
  user,
  between: ' ',
  words,
});

const kept = (user: string, words: string): Told => ({ ...person(user, words), tone: 'kept' });

const thing = (words: string): Told => ({ tone: 'ended', words });

/** The end of a server stands in every partition, and is told once. */
const atHome = (
  server: string,
  { partition }: Recorded,
  partitions: number,
  words: string,
): Told | undefined =>
  partitionOf(serverStream(server), partitions) === partition ? thing(words) : undefined;

const byTool = ({ actor }: Recorded): string =>
  actor.user === undefined && actor.incarnation === 0 ? `, by ${actor.server}` : '';

const endWords: Readonly<Record<SessionEnd, string>> = {
  logout: 'logged out',
  disconnected: 'is gone: the connection ended',
  takenOver: 'logged in elsewhere: this session is over',
  expired: 'is gone, and did not come back in time',
  suspended: 'is gone: suspended',
  erased: 'is gone: erased',
  passwordReset: 'is gone: an operator gave the account another password',
};

const leaveWords: Readonly<Record<SessionEnd, string>> = {
  logout: 'logged out',
  disconnected: 'connection ended',
  takenOver: 'logged in elsewhere',
  expired: 'did not come back',
  suspended: 'suspended',
  erased: 'erased',
  passwordReset: 'password reset',
};
