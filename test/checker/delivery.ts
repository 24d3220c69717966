import { placeOf, type ConnectionTrace, type Names } from './connection-trace.ts';
import type { Findings } from './finding.ts';
import type { LogIndex, Message, RoomItem, Session } from './log-index.ts';
import { receiptsOf } from './receipts.ts';
import { Visibility } from './visibility.ts';

/**
 * P4: a member receives every message of others in the room from joining to leaving, once, and
 * none of their own. Since one connection is written to in the log's order, whatever it received
 * proves what it must have received before; a connection that broke received a beginning.
 * The same for what followers are shown (P5).
 */
export function checkNothingMissed(
  log: LogIndex,
  { traces, names }: { traces: readonly ConnectionTrace[]; names: Names },
  findings: Findings,
): void {
  for (const trace of traces) {
    const { session } = trace;
    if (session === undefined) continue;
    const { got, reached } = reach(log, { trace, session, names }, findings);
    const visibility = new Visibility(log, session);
    for (const [partition, items] of log.items) {
      const { from, to } = visibility.span(partition);
      const end = trace.complete ? Infinity : (reached.get(partition) ?? -1);
      for (let order = from; order < Math.min(to, items.length) && order <= end; order++) {
        const item = items[order];
        if (item?.kind !== 'message' || got[item.index] === 1) continue;
        const kind = missedKind(visibility, item);
        if (kind === undefined) continue;
        // Where it would have been is searched for only if it will be told.
        const line = findings.keeps(kind) ? lineBehind(log, { trace, names }, item) : trace.line;
        const what = `"${item.text}" by ${item.user} in ${item.room} never came`;
        findings.add(kind, placeOf(trace, item, line), what);
      }
    }
  }
}

/** What a connection received, and up to which order of each partition it was served. */
function reach(
  log: LogIndex,
  { trace, session, names }: { trace: ConnectionTrace; session: Session; names: Names },
  findings: Findings,
): { readonly got: Uint8Array; readonly reached: ReadonlyMap<number, number> } {
  const got = new Uint8Array(log.messages.length);
  const reached = new Map<number, number>();
  for (const receipt of receiptsOf(log, trace, names)) {
    if (!('order' in receipt)) continue;
    const { partition, order, line } = receipt;
    if (order > (reached.get(partition) ?? -1)) reached.set(partition, order);
    if (receipt.kind !== 'message' && receipt.kind !== 'subbed') continue;
    const { message, again } = receipt;
    got[message.index] = 1;
    const place = placeOf(trace, message, line);
    if (again) findings.add('deliveredTwice', place, `"${message.text}" comes again`);
    if (message.user === session.user)
      findings.add('ownEcho', place, `"${message.text}" is the client's own`);
  }
  return { got, reached };
}

function missedKind(
  visibility: Visibility,
  message: Message,
): 'missed' | 'subbedMissed' | undefined {
  if (visibility.mustShow(message)) return 'missed';
  return visibility.mustShowAsFollowed(message) ? 'subbedMissed' : undefined;
}

/** The line that shows that an item was passed over: the first of what lies behind it. */
export function lineBehind(
  log: LogIndex,
  { trace, names }: { trace: ConnectionTrace; names: Names },
  { partition, order }: Pick<RoomItem, 'partition' | 'order'>,
): number {
  for (const receipt of receiptsOf(log, trace, names))
    if ('order' in receipt && receipt.partition === partition && receipt.order > order)
      return receipt.line;
  return trace.line;
}
