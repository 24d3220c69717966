import { cleanText } from '../../../core/text.ts';
import { Unknown } from '../../websocket-client/request-failure.ts';
import type { Outgoing } from '../state/outgoing.ts';
import { newestPlace, type Talk, type TalkKey } from '../state/talk.ts';
import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';

/** Says something where `key` is. What becomes of it is in the state. */
export async function say(chat: Chat, key: TalkKey, typed: string): Promise<void> {
  const talk = chat.state.talks.get(key);
  // As the server will store it, so that it is known again when it comes.
  const text = cleanText(typed, { lines: true }).trim();
  if (talk === undefined || text === '') return;
  const newest = newestPlace(talk);
  const after = talk.kind === 'room' ? Math.max(newest, talk.number) : newest;
  const status = { kind: 'pending' } as const;
  const outgoing = { id: crypto.randomUUID(), text, at: Date.now(), after, status };
  chat.dispatch({ type: 'sending', key, outgoing });
  await post(chat, talk, key, outgoing, undefined);
}

/** Sends again what failed; what may have been stored is stored once. */
export async function sayAgain(chat: Chat, key: TalkKey, outgoing: Outgoing): Promise<void> {
  const talk = chat.state.talks.get(key);
  if (talk === undefined || outgoing.status.kind !== 'failed') return;
  const { sequence } = outgoing.status;
  chat.dispatch({ type: 'resending', key, id: outgoing.id });
  await post(chat, talk, key, outgoing, sequence);
}

async function post(
  chat: Chat,
  talk: Talk,
  key: TalkKey,
  { id, text }: Outgoing,
  sequence: number | undefined,
): Promise<void> {
  const same = sequence === undefined ? {} : { sequence };
  try {
    const { number } =
      talk.kind === 'room'
        ? await chat.client.request({ type: 'say', room: talk.room, text, ...same })
        : await chat.client.request({ type: 'direct', to: talk.peer, text, ...same });
    chat.dispatch({ type: 'stored', key, id, place: number });
  } catch (error) {
    const isUnknown = error instanceof Unknown;
    const words = isUnknown ? 'It is not known whether this was sent.' : failureOf(error).words;
    const failed = {
      kind: 'failed',
      words,
      unknown: isUnknown,
      sequence: isUnknown ? error.sequence : undefined,
    } as const;
    chat.dispatch({ type: 'notStored', key, id, failed });
  }
}
