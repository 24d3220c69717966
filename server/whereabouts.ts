import { actorOf, type Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { Identity } from './run-command.ts';

const retryMs = 250;

/**
 * After a move whose fate is unknown nobody knows in which room its session is: the log may say
 * more than the view. Finds out, by an empty commit to the same streams: what was handed over before
 * it lies before it in the log, or will never be there. Resolves after the first attempt; goes on
 * until one succeeds. Meanwhile `isPlaced` is false, and nothing may be decided by the session's room.
 */
export async function findWhereabouts(
  chat: Chat,
  connection: Connection,
  identity: Identity,
  streams: readonly string[],
): Promise<void> {
  connection.isPlaced = false;
  if (await tryToFind(chat, identity, streams)) connection.isPlaced = true;
  else void keepTrying(chat, connection, identity, streams);
}

async function keepTrying(
  chat: Chat,
  connection: Connection,
  identity: Identity,
  streams: readonly string[],
): Promise<void> {
  while (!connection.isClosing && !connection.isPlaced) {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    connection.isPlaced = await tryToFind(chat, identity, streams);
  }
}

async function tryToFind(
  chat: Chat,
  { user, session }: Identity,
  streams: readonly string[],
): Promise<boolean> {
  const parts = streams.map((stream) => ({ stream, expected: 'any', events: [] }) as const);
  const outcome = await chat.appender.appendInTurn(actorOf(chat, user, session), parts);
  return outcome?.status === 'appended';
}
