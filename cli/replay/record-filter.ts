import { peekType } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';

/** What of a history is wanted. An empty set wants everything. */
export interface WantedRecords {
  /** The canonical forms of rooms' names. */
  readonly rooms: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/**
 * The record, if it is wanted. A server's end is wanted in every room and by every user, since it
 * takes people out of rooms. No more of a record is read than that takes.
 * @throws {CorruptRecord}
 */
export function wantedRecord(
  stored: StoredRecord,
  { rooms, users, types }: WantedRecords,
): Recorded | undefined {
  const type = types.size > 0 ? peekType(stored) : undefined;
  if (type !== undefined && !types.has(type)) return undefined;
  const isOtherRoom = stored.stream.startsWith('room:') && !rooms.has(stored.stream.slice(5));
  if (rooms.size > 0 && isOtherRoom) return undefined;
  const recorded = decodeRecord(stored);
  const { event } = recorded;
  if (types.size > 0 && !types.has(event.type)) return undefined;
  if (isServerEnd(event.type) || rooms.size + users.size === 0) return recorded;
  if (rooms.size > 0 && !('room' in event.data && rooms.has(event.data.room))) return undefined;
  if (users.size > 0 && !usersNamedIn(recorded).some((user) => users.has(user))) return undefined;
  return recorded;
}

/** Whom a record concerns. */
export function usersNamedIn({ event, actor }: Recorded): readonly string[] {
  const named: Readonly<Record<string, unknown>> = { ...event.data, actor: actor.user };
  return userFields.map((field) => named[field]).filter((name) => typeof name === 'string');
}

/** Where an event names users. */
const userFields = ['user', 'from', 'to', 'target', 'reader', 'peer', 'actor'] as const;

const isServerEnd = (type: string): boolean => type === 'ServerStopped' || type === 'ServerLost';
