import type { PastMessage } from '../core/answer.ts';
import type { CommandOf } from '../core/command.ts';
import type { DirectMessage } from '../core/delivery.ts';
import type { Recorded } from '../core/event-store.ts';
import { directStream, roomStream } from '../core/stream.ts';
import { roomsOf } from '../core/views/rooms.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { recordsBackwards, recordsForwards } from './stream-records.ts';

/** A history looks no further: in a busy lobby people come and go more than they speak. */
export const historyRecordsMax = 10_000;

/** Past messages of a room that the session is in: the last, or those around a number. */
export async function history(
  chat: Chat,
  connection: Connection,
  { session, reads }: HeldSession,
  { room: named, limit, before, after }: CommandOf<'history'>,
): Promise<void> {
  const rooms = [...roomsOf(chat.follower.view.rooms, session)];
  const room = named === undefined ? rooms[0] : rooms.find((one) => one.room === named.canonical);
  if (room === undefined)
    return named === undefined
      ? connection.fail('NotInAnyRoom')
      : connection.fail('NotInRoom', named.shown);
  const stream = roomStream(room.room);
  const { events } = chat.stores;
  const isForwards = after !== undefined;
  const records = isForwards
    ? recordsForwards(events, { stream, from: after + 1 })
    : recordsBackwards(events, { stream, ...(before !== undefined && { from: before - 1 }) });
  const gathered = await gather(records, limit, pastMessage, isForwards && before);
  const { found, more, isCut, passed } = gathered;
  const to = Math.min((before ?? Infinity) - 1, room.number);
  const asked = { from: (after ?? 0) + 1, to };
  const expired = gapOf(gathered, asked, isForwards);
  const messages = isForwards ? found : found.toReversed();
  const [first, last] = [messages.at(0), messages.at(-1)];
  if (first !== undefined && last !== undefined)
    reads.shown(room.room, [first.number, last.number]);
  connection.tell({
    kind: 'history',
    room: room.name,
    canonical: room.room,
    messages,
    more,
    isCut,
    ...(more && passed !== undefined && { next: passed }),
    ...(expired && { expired }),
  });
}

/** Past direct messages with a user. */
export async function conversation(
  { stores }: Chat,
  connection: Connection,
  { user }: HeldSession,
  { peer, limit, before }: CommandOf<'conversation'>,
): Promise<void> {
  const stream = directStream(user, peer);
  const from = before === undefined ? {} : { from: before - 1 };
  const records = recordsBackwards(stores.events, { stream, ...from });
  const { found, more } = await gather(records, limit, directMessage);
  connection.tell({ kind: 'conversation', peer, messages: found.toReversed(), more });
}

interface Gathered<T> {
  /** In the order in which they were read. */
  readonly found: readonly T[];
  readonly more: boolean;
  /** Whether it was given up before there were enough. */
  readonly isCut: boolean;
  /** The first and the last number of those whose text has expired. */
  readonly expired: NumberRange | undefined;
  /** The lowest number that was looked at; undefined for none. */
  readonly lowest: number | undefined;
  /** The last number up to which nothing is left to be read; undefined for none. */
  readonly passed: number | undefined;
}

interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Which numbers of those asked for are no longer kept: what has expired, and what was trimmed, which
 * lies before the first record that there is.
 */
function gapOf(
  { expired, lowest, more }: Gathered<unknown>,
  asked: NumberRange,
  isForwards: boolean,
): NumberRange | undefined {
  // Backwards there may be more before the last that was looked at.
  const to = !isForwards && more ? 0 : Math.min((lowest ?? Infinity) - 1, asked.to);
  const trimmed = to >= asked.from ? { from: asked.from, to } : undefined;
  if (expired === undefined || trimmed === undefined) return expired ?? trimmed;
  return { from: trimmed.from, to: Math.max(trimmed.to, expired.to) };
}

async function gather<T>(
  records: AsyncIterable<Recorded>,
  limit: number,
  pick: (recorded: Recorded) => T | undefined,
  endsBefore: number | false | undefined = false,
): Promise<Gathered<T>> {
  const found: T[] = [];
  let looked = 0;
  let expired: Gathered<T>['expired'];
  let lowest: number | undefined;
  let passed: number | undefined;
  const gathered = (more: boolean, isCut = false): Gathered<T> => ({
    found,
    more,
    isCut,
    expired,
    lowest,
    passed,
  });
  for await (const recorded of records) {
    const { revision } = recorded;
    if (looked++ === historyRecordsMax) return gathered(true, true);
    if (typeof endsBefore === 'number' && revision >= endsBefore) break;
    lowest = Math.min(lowest ?? revision, revision);
    if (recorded.withheld === 'expired') {
      const { from, to } = expired ?? { from: revision, to: revision };
      expired = { from: Math.min(from, revision), to: Math.max(to, revision) };
    } else {
      const picked = pick(recorded);
      if (picked !== undefined && found.length === limit) return gathered(true);
      if (picked !== undefined) found.push(picked);
    }
    passed = revision;
  }
  return gathered(false);
}

function pastMessage({ event, revision: number, at }: Recorded): PastMessage | undefined {
  if (event.type !== 'MessagePosted') return undefined;
  return { number, at, user: event.data.user, text: event.text };
}

/** Undefined where the record is none. */
export function directMessage({
  event,
  revision: number,
  at,
}: Recorded): DirectMessage | undefined {
  if (event.type !== 'DirectMessagePosted') return undefined;
  const { from, to: recipient } = event.data;
  return { from, recipient, text: event.text, number, at };
}
