import { placeOf, type ConnectionTrace, type Names, roomAndUser } from './connection-trace.ts';
import { lineBehind } from './delivery.ts';
import type { Findings } from './finding.ts';
import type { LogIndex, Notice, Session } from './log-index.ts';
import { type Receipt, receiptsOf } from './receipts.ts';
import { Visibility } from './visibility.ts';

type NoticeReceipt = Extract<Receipt, { readonly roomAndUser: string }>;

/** A notice that was received, between what places of the log. */
interface Heard {
  readonly receipt: NoticeReceipt;
  readonly after: number;
  readonly before: number;
}

/**
 * Each member is told once of everyone who enters or leaves, at that place. Judged where there is
 * one partition: several have no order among them.
 */
export function checkNotices(
  log: LogIndex,
  { traces, names }: { traces: readonly ConnectionTrace[]; names: Names },
  findings: Findings,
): void {
  if (log.items.size !== 1) return;
  for (const trace of traces) {
    const { session } = trace;
    if (session === undefined) continue;
    const due = noticesDue(log, session);
    const { heard, reached } = hear(log, trace, names);
    const miss = (notice: Notice): void => {
      const line = findings.keeps('noticeMissed') ? lineBehind(log, { trace, names }, notice) : 0;
      const what = `that ${notice.user} ${notice.kind} ${notice.room} was never told`;
      findings.add('noticeMissed', placeOf(trace, notice, line), what);
    };
    let next = 0;
    for (const one of heard) {
      const found = indexOfNotice(due, next, one);
      if (found === undefined || (due[found]?.order ?? 0) < one.after) {
        const { kind, roomAndUser: whose, line } = one.receipt;
        const what = `"${whose} ${kind}" has no such place in the log`;
        findings.add('noticeAlien', placeOf(trace, undefined, line), what);
      }
      if (found === undefined) continue;
      for (const skipped of due.slice(next, found)) miss(skipped);
      next = found + 1;
    }
    for (const rest of due.slice(next)) if (rest.order < reached) miss(rest);
  }
}

function noticesDue(log: LogIndex, session: Session): readonly Notice[] {
  const visibility = new Visibility(log, session);
  const due: Notice[] = [];
  for (const items of log.items.values())
    for (const item of items)
      if (item.kind !== 'message' && visibility.mustShow(item)) due.push(item);
  return due;
}

function hear(
  log: LogIndex,
  trace: ConnectionTrace,
  names: Names,
): { readonly heard: readonly Heard[]; readonly reached: number } {
  const heard: { receipt: NoticeReceipt; after: number; before: number }[] = [];
  let after = -1;
  let reached = -1;
  let bounded = 0;
  for (const receipt of receiptsOf(log, trace, names)) {
    if (receipt.kind === 'entered' || receipt.kind === 'left') {
      heard.push({ receipt, after, before: Infinity });
    } else if (receipt.kind !== 'joinNotLogged') {
      reached = Math.max(reached, receipt.order);
      // An answer may have waited for others: its place bounds nothing.
      if (receipt.kind === 'ok') continue;
      after = receipt.order;
      for (; bounded < heard.length; bounded++) {
        const waiting = heard[bounded];
        if (waiting !== undefined) waiting.before = after;
      }
    }
  }
  return { heard, reached };
}

function indexOfNotice(
  due: readonly Notice[],
  from: number,
  { receipt, before }: Heard,
): number | undefined {
  for (let index = from; index < due.length; index++) {
    const notice = due[index];
    if (notice === undefined || notice.order > before) return undefined;
    const { kind, room, user } = notice;
    if (kind === receipt.kind && roomAndUser(room, user) === receipt.roomAndUser) return index;
  }
  return undefined;
}
