import { isKnown } from '../core/account.ts';
import type { CommandOf } from '../core/command.ts';
import { decideDirect, initialConversation } from '../core/direct.ts';
import { Rejection } from '../core/rejection.ts';
import { directStream } from '../core/stream.ts';
import { loadAccount } from './aggregate.ts';
import { appendError, rejected } from './appender.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import type { HeldSession } from './held-session.ts';

/** Sends a direct message; one for somebody who is away waits in their inbox. */
export async function sendDirect(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  { to, text, sequence }: CommandOf<'direct'>,
): Promise<void> {
  if (!connection.pace.takesMessage()) return connection.fail('TooManyMessages', '1');
  const { user: from } = held;
  const { state } = await loadAccount(chat.stores.events, to);
  const known = isKnown(state);
  const command = { type: 'PostDirectMessage', from, to, known, text } as const;
  const events = decideDirect(command, initialConversation);
  if (events instanceof Rejection) return connection.tell(rejected(events));
  const part = { stream: directStream(from, to), expected: 'any', events } as const;
  const outcome = await held.appendOnce(part, sequence);
  const error = appendError(outcome);
  if (error !== undefined) connection.tell(error);
  // It will not be folded again: what became of the first is the answer.
  else if (outcome.status === 'repeated')
    connection.tell({ kind: 'directStored', to, number: outcome.first.revisions[0] ?? 0 });
}
