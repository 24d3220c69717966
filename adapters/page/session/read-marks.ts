import type { TalkKey } from '../state/talk.ts';
import type { Chat } from './chat.ts';

/** What is read in this time is marked by one request. */
const marksEveryMs = 800;

/**
 * Keeps the account's read markers: soon after something was seen, the server is told. The client
 * sends marks again that a lost connection swallowed.
 */
export function keepReadMarks(chat: Chat): void {
  const told = new Map<TalkKey, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (chat.state.link.status !== 'online') return;
    for (const [key, talk] of chat.state.talks) {
      const { read: number } = talk;
      if (number <= (told.get(key) ?? Infinity)) continue;
      told.set(key, number);
      const place = talk.kind === 'room' ? { room: talk.room } : { peer: talk.peer };
      // A mark that is refused is sent again with the next that is read.
      chat.client.request({ type: 'read', ...place, number }).catch(() => told.set(key, 0));
    }
  };
  chat.store.onChange(() => {
    const { talks } = chat.state;
    for (const [key, { kind, read }] of talks) {
      // What the server tells with a room is what it knows; of a conversation only news are marked.
      if (!told.has(key)) told.set(key, kind === 'room' ? read : 0);
      if (read > (told.get(key) ?? Infinity)) timer ??= setTimeout(send, marksEveryMs);
    }
    for (const key of told.keys()) if (!talks.has(key)) told.delete(key);
  });
  addEventListener('pagehide', send);
}
