import type { Answer } from '../core/answer.ts';
import type { Actor } from '../core/event-store.ts';
import type { RoomName } from '../core/names.ts';
import { Rejection } from '../core/rejection.ts';
import { decideRetention, type Retention } from '../core/retention.ts';
import { retentionStream } from '../core/stream.ts';
import type { AccountsContext } from './accounts.ts';
import { loadRetention } from './aggregate.ts';
import { appendError, rejected } from './appender.ts';
import { untilNoConflict } from './conflicts.ts';

/**
 * Says for how many days a room's text is kept; undefined for ever. Answers an error, or undefined.
 * @throws {StoreUnreachable}
 */
export async function setRetention(
  { stores: { events: store }, appender }: Pick<AccountsContext, 'stores' | 'appender'>,
  actor: Actor,
  { canonical: room }: RoomName,
  days: Retention,
): Promise<Answer | undefined> {
  return untilNoConflict(async () => {
    const { state, revision } = await loadRetention(store, room);
    const events = decideRetention({ type: 'SetRetention', room, days }, state);
    if (events instanceof Rejection) return rejected(events);
    const part = { stream: retentionStream(room), expected: revision, events };
    const outcome = await appender.append(actor, [part]);
    return outcome.status === 'conflict' ? 'conflict' : appendError(outcome);
  });
}
