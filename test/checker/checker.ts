import { checkAcked } from './acked.ts';
import { checkNothingMissed } from './delivery.ts';
import { Findings } from './finding.ts';
import type { ClientHistory } from './history.ts';
import type { Dump, RawRecord } from './log-dump.ts';
import { type LogRecord, readRecord } from './log-event.ts';
import { LogFold } from './log-fold.ts';
import type { LogIndex } from './log-index.ts';
import { LogSoundness } from './log-soundness.ts';
import { checkMembership } from './membership.ts';
import { checkNotices } from './notices.ts';
import { checkOneSession } from './one-session.ts';
import { checkOrder } from './order.ts';
import { checkRefused } from './refused.ts';
import { makeReport, type Report } from './report.ts';
import { matchSessions } from './session-match.ts';
import { TraceReader } from './trace-reader.ts';

/** What a run left behind. */
export interface Run {
  /** The whole log, taken after the last append. */
  readonly log: Dump;
  /** Of every client that took part. Each is read once. */
  readonly histories: Iterable<ClientHistory>;
}

export interface CheckOptions {
  /** Whether the lines about who enters and leaves are judged too; true unless given. */
  readonly notices?: boolean;
  /** How far the clocks of clients and store may differ: none of one machine. */
  readonly clockToleranceMs?: number;
}

const clockToleranceMsDefault = 50;

/**
 * The judge of a run: holds what clients recorded against the log, promise by promise. It shares
 * no code with what it judges. Holds the log and a few bytes a receipt in memory.
 *
 * @throws Error when a history or the dump cannot be read
 */
export async function checkRun(
  { log: dump, histories }: Run,
  { notices = true, clockToleranceMs = clockToleranceMsDefault }: CheckOptions = {},
): Promise<Report> {
  const findings = new Findings();
  const log = await readLog(dump, findings);
  const reader = new TraceReader(log, findings);
  for (const history of histories) await reader.read(history);
  const { traces } = reader;
  matchSessions(log, traces, { names: reader.names, findings, clockToleranceMs });
  checkAcked(log, traces, findings);
  checkRefused(log, reader, findings);
  checkOrder(log, reader, findings);
  checkNothingMissed(log, reader, findings);
  checkMembership(log, reader, findings);
  checkOneSession(log, findings);
  if (notices) checkNotices(log, reader, findings);
  return makeReport(log, reader, findings);
}

async function readLog(dump: Dump, findings: Findings): Promise<LogIndex> {
  const fold = new LogFold();
  const soundness = new LogSoundness(findings);
  const take = (raw: RawRecord): void => {
    let record: LogRecord;
    try {
      record = readRecord(raw);
    } catch (error) {
      soundness.seeUnreadable(raw, error);
      return;
    }
    soundness.see(record);
    fold.fold(record);
  };
  if (Symbol.asyncIterator in dump) for await (const raw of dump) take(raw);
  else for (const raw of dump) take(raw);
  return fold;
}
