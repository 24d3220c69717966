import type { Delivery } from '../core/delivery.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';
import { type Kept, type Unread, unreadMessages } from './inbox.ts';
import { describeOpenSession } from './session-state.ts';

/**
 * Shows the direct messages that were kept, before anything that came after the welcome; and tells a
 * client that may come back what it needs for that, when it has been shown them.
 */
export async function showInbox(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
): Promise<void> {
  const unread = await unreadOf(chat, connection, held);
  const state = held.isResumable
    ? await describeOpenSession(chat, held, { openedAt: connection.openedAt, unread })
    : undefined;
  // Nobody is there to read them any more: they are kept.
  if (connection.isClosing) return;
  const { outgoing, format } = connection;
  outgoing.showFirst((unread?.oldest ?? []).map((kept) => keptDelivery(held, kept)));
  if (unread?.isAll === false) outgoing.sendFirst(format.answer({ kind: 'moreDirect' }, undefined));
  if (state !== undefined) connection.answers.tellFirst(state);
  outgoing.release();
  if (unread !== undefined) held.marks.begin(unread, () => connection.confirm());
}

/** What was kept, as of the place in the log where the session is here; undefined if unreadable. */
export async function unreadOf(
  chat: Chat,
  { openedAt }: Connection,
  { user }: HeldSession,
): Promise<Unread | undefined> {
  try {
    const asOf = openedAt.map(({ position }) => position);
    return await unreadMessages(chat.stores.events, user, asOf);
  } catch (error) {
    chat.log.warn({ err: error }, 'kept messages could not be read; the next login shows them');
    return undefined;
  }
}

export function keptDelivery(
  { session }: HeldSession,
  { event: { data, text }, revision: number, at }: Kept,
): Delivery {
  const message = { from: data.from, recipient: data.to, text, number, at };
  return { kind: 'direct', to: [session], own: [], isKept: true, ...message };
}
