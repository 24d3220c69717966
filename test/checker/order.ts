import { placeOf, type ConnectionTrace, type Names } from './connection-trace.ts';
import type { Findings } from './finding.ts';
import type { LogIndex } from './log-index.ts';
import { type Receipt, receiptsOf } from './receipts.ts';
import { Visibility } from './visibility.ts';

/**
 * P3: what a connection sent lies in the log in the order in which it was sent, and what it
 * received, its own joins included, came in the log's order. Of each partition by itself.
 */
export function checkOrder(
  log: LogIndex,
  { traces, names }: { traces: readonly ConnectionTrace[]; names: Names },
  findings: Findings,
): void {
  for (const trace of traces) {
    checkSent(trace, findings);
    checkReceived(log, { trace, names }, findings);
  }
}

function checkSent(trace: ConnectionTrace, findings: Findings): void {
  const last = new Map<number, number>();
  for (const { stored, line, text } of trace.sent) {
    if (stored === undefined) continue;
    const { partition, position } = stored;
    const before = last.get(partition) ?? 0;
    if (position < before) {
      const what = `"${text}" was sent after what the log has at position ${before}`;
      findings.add('sentOutOfOrder', placeOf(trace, stored, line), what);
    }
    last.set(partition, Math.max(position, before));
  }
}

function checkReceived(
  log: LogIndex,
  { trace, names }: { trace: ConnectionTrace; names: Names },
  findings: Findings,
): void {
  if (trace.session === undefined) return;
  const visibility = new Visibility(log, trace.session);
  const last = new Map<number, { readonly order: number; readonly line: number }>();
  for (const receipt of receiptsOf(log, trace, names)) {
    if (!isOrdered(receipt, visibility)) continue;
    const { partition, order, line } = receipt;
    const before = last.get(partition);
    last.set(partition, { order, line });
    // Nothing that members are shown lies between two of their own doings at one order.
    if (before === undefined || order >= before.order) continue;
    const message =
      receipt.kind === 'message' || receipt.kind === 'subbed' ? receipt.message : undefined;
    const shown = message === undefined ? `its ${receipt.kind}` : `"${message.text}"`;
    const what = `${shown} comes after line ${before.line}, which is later in the log`;
    findings.add('receivedOutOfOrder', placeOf(trace, message, line), what);
  }
}

/** What was shown twice or to the wrong people is found elsewhere; an answer may wait for others. */
function isOrdered(
  receipt: Receipt,
  visibility: Visibility,
): receipt is Extract<Receipt, { kind: 'message' | 'subbed' | 'joined' | 'goodbye' }> {
  switch (receipt.kind) {
    case 'message':
      return !receipt.again && visibility.isMember(receipt.message);
    case 'subbed':
      return !receipt.again && visibility.follows(receipt.message);
    case 'joined':
    case 'goodbye':
      return true;
    default:
      return false;
  }
}
