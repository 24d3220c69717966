import type { RoomTalk } from '../state/talk.ts';
import type { Chat } from './chat.ts';

/** What is read in this time is marked by one request. */
const marksEveryMs = 800;

/**
 * Keeps the account's read markers: soon after something was seen, the server is told. The client
 * sends marks again that a lost connection swallowed.
 */
export function keepReadMarks(chat: Chat): void {
  const told = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (chat.state.link.status !== 'online') return;
    for (const { room, read } of rooms(chat)) {
      if (read <= (told.get(room) ?? Infinity)) continue;
      told.set(room, read);
      // A mark that is refused is sent again with the next that is read.
      chat.client.request({ type: 'read', room, number: read }).catch(() => told.set(room, 0));
    }
  };
  chat.store.onChange(() => {
    const present = new Set<string>();
    for (const { room, read } of rooms(chat)) {
      present.add(room);
      const known = told.get(room);
      // What the server tells with a room is what it knows.
      if (known === undefined) told.set(room, read);
      else if (read > known) timer ??= setTimeout(send, marksEveryMs);
    }
    for (const room of told.keys()) if (!present.has(room)) told.delete(room);
  });
  addEventListener('pagehide', send);
}

function rooms({ state }: Chat): readonly RoomTalk[] {
  return [...state.talks.values()].filter((talk) => talk.kind === 'room');
}
