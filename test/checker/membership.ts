import { placeOf, type ConnectionTrace, type Names } from './connection-trace.ts';
import type { FindingKind, Findings } from './finding.ts';
import { covers, type LogIndex, type Message, type Session } from './log-index.ts';
import { type Receipt, receiptsOf } from './receipts.ts';
import { Visibility } from './visibility.ts';

interface Fault {
  readonly kind: FindingKind;
  readonly what: string;
}

/**
 * P5: nobody is shown a room's message at a place of the log at which they were not in the room;
 * a follower, at a place at which they follow its author and are not in the room; nobody posts
 * where they are not; and who was told to have joined has.
 */
export function checkMembership(
  log: LogIndex,
  { traces, names }: { traces: readonly ConnectionTrace[]; names: Names },
  findings: Findings,
): void {
  for (const trace of traces) {
    const { session } = trace;
    if (session === undefined) continue;
    const visibility = new Visibility(log, session);
    for (const receipt of receiptsOf(log, trace, names)) {
      const fault = faultOf(log, { session, visibility }, receipt);
      if (fault === undefined) continue;
      const message = 'message' in receipt ? receipt.message : undefined;
      findings.add(fault.kind, placeOf(trace, message, receipt.line), fault.what);
    }
  }
  checkAuthors(log, findings);
}

function faultOf(
  log: LogIndex,
  { session, visibility }: { session: Session; visibility: Visibility },
  receipt: Receipt,
): Fault | undefined {
  switch (receipt.kind) {
    case 'message':
      return memberFault(log, { session, visibility }, receipt.message);
    case 'subbed':
      return followerFault({ session, visibility }, receipt.message);
    case 'joinNotLogged':
      return {
        kind: 'joinNotLogged',
        what: `${session.user} was told to have joined ${receipt.room}, and the log has no such join`,
      };
    default:
      return undefined;
  }
}

function memberFault(
  log: LogIndex,
  { session, visibility }: { session: Session; visibility: Visibility },
  message: Message,
): Fault | undefined {
  const { room, text, order, position, user } = message;
  // An echo of the client's own is told as such.
  if (user === session.user || visibility.isMember(message)) return undefined;
  const memberships = log.membershipsByRoom.get(session.id)?.get(room) ?? [];
  const at = `"${text}" lies at position ${position}`;
  const left = memberships.findLast(({ to }) => to <= order);
  if (left !== undefined)
    return { kind: 'deliveredAfterLeaving', what: `${at}, after ${session.user} left ${room}` };
  const [joined] = memberships;
  if (joined === undefined)
    return { kind: 'deliveredToStranger', what: `${session.user} is never in ${room}` };
  const what = `${at}, before ${session.user} joined ${room} at ${joined.fromPosition}`;
  return { kind: 'deliveredBeforeJoining', what };
}

function followerFault(
  { session, visibility }: { session: Session; visibility: Visibility },
  message: Message,
): Fault | undefined {
  const { room, text, order, partition, user } = message;
  const { from, to } = visibility.span(partition);
  if (visibility.isMember(message))
    return { kind: 'subbedToMember', what: `${session.user} is in ${room}: "${text}"` };
  const wrong = !visibility.follows(message)
    ? `${session.user} does not follow ${user} at "${text}"`
    : order < from || order >= to
      ? `"${text}" lies outside the session`
      : undefined;
  return wrong === undefined ? undefined : { kind: 'subbedWithoutFollowing', what: wrong };
}

function checkAuthors(log: LogIndex, findings: Findings): void {
  for (const { session, room, order, partition, position, user, text } of log.messages) {
    if (covers(log.membershipsByRoom.get(session)?.get(room), order)) continue;
    const what = `${user} posts "${text}" by session ${session}, which is not in ${room}`;
    findings.add('postedByStranger', { partition, position }, what);
  }
}
