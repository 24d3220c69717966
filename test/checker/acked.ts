import { placeOf, type ConnectionTrace, type Sent } from './connection-trace.ts';
import type { Findings } from './finding.ts';
import type { LogIndex, Message } from './log-index.ts';

/** P1: each message that was answered with its place is in the log there, by its author. */
export function checkAcked(
  log: LogIndex,
  traces: readonly ConnectionTrace[],
  findings: Findings,
): void {
  const byPlace = new Map<string, Message>();
  for (const message of log.messages) byPlace.set(placeKey(message), message);
  for (const { sent } of traces) for (const one of sent) checkOne(one, byPlace, findings);
}

function checkOne(sent: Sent, byPlace: ReadonlyMap<string, Message>, findings: Findings): void {
  const { outcome, stored, text, connection } = sent;
  const { author } = connection;
  if (stored !== undefined && stored.user !== author) {
    const what = `${author} sent "${text}", the log has it by ${stored.user}`;
    findings.add('wrongAuthor', placeOf(connection, stored, sent.line), what);
  }
  if (outcome.status !== 'ok') return;
  const answer = `"${text}" was answered STORED ${placeKey(outcome)}`;
  if (stored === undefined) {
    const there = byPlace.get(placeKey(outcome));
    const what = there === undefined ? 'nothing is there' : `"${there.text}" is there`;
    const place = placeOf(connection, there, outcome.line);
    findings.add('ackedLost', place, `${answer}, but it is not in the log: ${what}`);
  } else if (placeKey(stored) !== placeKey(outcome)) {
    const place = placeOf(connection, stored, outcome.line);
    findings.add('ackedElsewhere', place, `${answer}, but the log has it at ${placeKey(stored)}`);
  }
}

/** As a receipt says it. */
const placeKey = ({
  room,
  epoch,
  number,
}: {
  readonly room: string;
  readonly epoch: string;
  readonly number: number;
}): string => `${room} ${epoch} ${number}`;
