import { errorWords } from '../../../core/error-catalogue.ts';
import type { Order } from '../state/meaning.ts';
import { directKey } from '../state/talk.ts';
import type { Chat } from './chat.ts';
import { failureOf } from './failure-words.ts';
import { enterRoom, openDirect } from './places.ts';
import { say } from './saying.ts';

/** Does what a typed command asks for. What is refused is told in a notice. */
export async function obey(chat: Chat, order: Order): Promise<void> {
  if (order.kind === 'direct') {
    if (order.peer === chat.state.me)
      return chat.dispatch({ type: 'noticed', words: errorWords('CannotMessageSelf', '') });
    openDirect(chat, order.peer);
    return say(chat, directKey(order.peer), order.text);
  }
  try {
    await enterRoom(chat, order.room);
  } catch (error) {
    chat.dispatch({ type: 'noticed', words: `Not joined. ${failureOf(error).words}` });
  }
}
