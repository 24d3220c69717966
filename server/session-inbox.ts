import type { Delivery } from '../core/delivery.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { unreadMessages } from './inbox.ts';

/** Shows the direct messages that were kept, before anything that came after the welcome. */
export async function showInbox(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
): Promise<void> {
  const { user, session, marks } = held;
  try {
    const asOf = connection.openedAt.map(({ position }) => position);
    const { oldest, isAll } = await unreadMessages(chat.stores.events, user, asOf);
    // Nobody is there to read them any more: they are kept.
    if (connection.isClosing) return;
    const older = oldest.map(({ event: { data, text }, revision: number, at }): Delivery => {
      const message = { from: data.from, recipient: data.to, text, number, at };
      return { kind: 'direct', to: [session], own: [], isKept: true, ...message };
    });
    connection.outgoing.release(older);
    marks.begin(oldest, isAll);
  } catch (error) {
    chat.log.warn({ err: error }, 'kept messages could not be read; the next login shows them');
    connection.outgoing.release();
  }
}
