import { roomsOf } from '../core/views/rooms.ts';
import type { Part } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';

const retryMs = 250;

/**
 * After a move whose fate is unknown nobody knows in which room its session is: the log may say
 * more than the view. Finds out, by an empty commit to the same streams: what was handed over before
 * it lies before it in the log, or will never be there. Resolves after the first attempt; goes on
 * until one succeeds. Meanwhile `isPlaced` is false, and nothing may be decided by the session's
 * room. If it turns out to be in none, `otherwise` is appended.
 */
export async function findWhereabouts(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  streams: readonly string[],
  otherwise?: Part,
): Promise<void> {
  held.isPlaced = false;
  const find = async (): Promise<boolean> => {
    const parts = streams.map((stream) => ({ stream, expected: 'any', events: [] }) as const);
    const { status } = await held.append(...parts);
    if (status !== 'appended') return false;
    const isInRoom = roomsOf(chat.follower.view.rooms, held.session).size > 0;
    return isInRoom || otherwise === undefined || (await isAppended(held, otherwise));
  };
  held.isPlaced = await find();
  if (!held.isPlaced) void keepTrying(connection, held, find);
}

async function keepTrying(
  connection: Connection,
  held: HeldSession,
  find: () => Promise<boolean>,
): Promise<void> {
  while (!connection.isClosing && !held.isPlaced) {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    held.isPlaced = await find();
  }
}

const isAppended = async (held: HeldSession, part: Part): Promise<boolean> =>
  (await held.append(part)).status === 'appended';
