import type { Gap, Message } from '../state/entry.ts';
import type { PastPage } from '../state/history.ts';
import { nameOf, type Talk, type TalkKey } from '../state/talk.ts';
import { oldestPlace } from '../state/timeline.ts';
import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';

/** What fills some screens. */
const firstMessages = 80;
/** Whoever reads back reads on. */
const olderMessages = 160;
/** What was seen last is to be in sight with what is new, as far as one answer goes. */
const contextMessages = 20;
const answerMessagesMax = 200;

/** Loads what is older than all that is loaded, unless that is under way or there is none. */
export async function loadOlder(chat: Chat, key: TalkKey): Promise<void> {
  const talk = chat.state.talks.get(key);
  const older = talk?.timeline.older;
  if (talk === undefined || older === 'loading' || older === 'none') return;
  const isFirst = older === 'unasked';
  const wanted = isFirst ? Math.max(firstMessages, talk.unread + contextMessages) : olderMessages;
  const limit = Math.min(wanted, answerMessagesMax);
  // At first, also what lies between what came while nobody looked.
  const before = isFirst ? undefined : oldestPlace(talk.timeline);
  await load(chat, key, undefined, () => pageOf(chat, talk, { before, limit }));
}

/** Loads what is missing in a gap of the room's numbers. */
export async function loadGap(chat: Chat, key: TalkKey, gap: Gap): Promise<void> {
  const talk = chat.state.talks.get(key);
  if (talk?.kind !== 'room' || gap.reason !== 'passedOver' || gap.loading) return;
  const { room } = talk;
  await load(chat, key, gap.place, async () => {
    const after = gap.from > 1 ? { after: gap.from - 1 } : {};
    const limit = answerMessagesMax;
    const read = await chat.client.request({ type: 'history', room, ...after, limit });
    return { ...read, messages: read.messages.map(messageOf) };
  });
}

async function load(
  chat: Chat,
  key: TalkKey,
  gap: number | undefined,
  read: () => Promise<PastPage>,
): Promise<void> {
  chat.dispatch({ type: 'historyAsked', key, gap });
  try {
    chat.dispatch({ type: 'historyRead', key, gap, ...(await read()) });
  } catch (error) {
    chat.dispatch({ type: 'historyFailed', key, gap });
    const talk = chat.state.talks.get(key);
    const what = gap === undefined ? 'Older messages' : 'What is missing';
    const words = `${what} could not be loaded. ${failureOf(error).words}`;
    if (talk !== undefined) chat.dispatch({ type: 'noticed', words: `${nameOf(talk)}: ${words}` });
  }
}

async function pageOf(
  chat: Chat,
  talk: Talk,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<PastPage> {
  const range = before === undefined ? { limit } : { before, limit };
  if (talk.kind === 'room') {
    const { room } = talk;
    let read = await chat.client.request({ type: 'history', room, ...range });
    // Where people only came and went, one answer may hold nothing.
    while (read.messages.length === 0 && read.expired === undefined && read.next !== undefined)
      read = await chat.client.request({ type: 'history', room, limit, before: read.next });
    return { ...read, messages: read.messages.map(messageOf) };
  }
  const read = await chat.client.request({ type: 'conversation', peer: talk.peer, ...range });
  const messages = read.messages.map(({ from, ...rest }) => messageOf({ ...rest, user: from }));
  return { messages, more: read.more };
}

function messageOf(told: { number: number; at: number; user: string; text: string }): Message {
  const { number: place, at, user, text } = told;
  return { kind: 'message', place, at, user, text };
}
