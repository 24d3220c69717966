import type { ChatEvent, EventType } from '../core/event.ts';
import type { Recorded } from '../core/event-store.ts';
import type { StoredRecord } from '../core/log-source.ts';
import { decodeRecord } from './record-codec.ts';

/** A type stands behind an id of 36 characters: this much holds both. */
const headBytes = 96;
const head = /^\{"id":"[^"\\]*","type":"(\w+)"/;

/** What the views of a chat are folded from. */
const folded: ReadonlySet<string> = new Set<EventType>([
  'EpochStarted',
  'MessagePosted',
  'RetentionSet',
  'RoomJoined',
  'RoomLeft',
  'ServerLost',
  'ServerStarted',
  'ServerStopped',
  'SessionClosed',
  'SessionDetached',
  'SessionOpened',
  'SessionResumed',
  'UserSubscribed',
  'UserUnsubscribed',
]);

const roomPrefix = 'room:';

/** The type of a record's event, without reading the rest; undefined where it is not in its place. */
export const peekType = ({ meta }: StoredRecord): string | undefined =>
  head.exec(bytesOf(meta).toString('latin1', 0, headBytes))?.[1];

/**
 * A record as a fold of the chat's state needs it, and undefined when it changes nothing there. Most
 * records are messages, of which a fold only needs the place: neither their metadata nor their text
 * is read.
 * @throws {CorruptRecord}
 */
export function foldRecord(stored: StoredRecord): Recorded | undefined {
  const type = peekType(stored);
  if (type === 'MessagePosted' && stored.stream.startsWith(roomPrefix)) return placeOnly(stored);
  if (type === undefined || folded.has(type)) return decodeRecord(stored);
  return undefined;
}

function placeOnly({ partition, position, stream, revision, at }: StoredRecord): Recorded {
  const data = { room: stream.slice(roomPrefix.length), user: '', session: '' };
  const event: ChatEvent = { type: 'MessagePosted', data, text: '' };
  return { partition, position, stream, revision, at, id: '', actor: nobody, cause: '', event };
}

const nobody = { server: '', incarnation: 0 };

/** The same bytes, not a copy. */
export const bytesOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
