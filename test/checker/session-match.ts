import { placeOf, type ConnectionTrace, type Names } from './connection-trace.ts';
import type { Findings } from './finding.ts';
import { covers, type LogIndex, type Session } from './log-index.ts';

/** So many of a connection's receipts are held against each session that it could be. */
const receiptsCompared = 200;

export interface MatchOptions {
  /** Of the rooms in the traces. */
  readonly names: Names;
  readonly findings: Findings;
  readonly clockToleranceMs: number;
}

/**
 * Finds out which session of the log each connection was: a line client is not told, and the
 * tester seldom.
 *
 * What a connection posted names its session. One that posted nothing had a session of its user
 * that was opened between its login and its welcome, by the clock of this machine; among several
 * it is the one whose rooms suit what was received, and of those the last before the
 * welcome: one earlier may have been opened for a connection that had gone by then.
 */
export function matchSessions(
  log: LogIndex,
  traces: readonly ConnectionTrace[],
  { names, findings, clockToleranceMs }: MatchOptions,
): void {
  const taken = new Map<Session, ConnectionTrace>();
  const take = (trace: ConnectionTrace, session: Session): void => {
    trace.session = session;
    const other = taken.get(session);
    taken.set(session, trace);
    if (other === undefined) return;
    const what = `session ${session.id} is also that of ${other.client}, connection ${other.number}`;
    findings.add('postedByOtherSession', placeOf(trace), what);
  };
  const welcomed = traces.filter(({ welcome }) => welcome !== undefined);
  for (const trace of welcomed) {
    const known = log.sessionsById.get(trace.welcome?.session ?? '');
    const session = sessionByPosts(log, trace, known, findings) ?? known;
    if (session !== undefined) take(trace, session);
  }
  const silent = welcomed.filter(({ session }) => session === undefined);
  for (const trace of silent.toSorted((one, other) => one.loginAt - other.loginAt)) {
    const candidates = sessionsInTime(log, trace, clockToleranceMs).filter(
      (session) => !taken.has(session),
    );
    const [best] = candidates
      .map((session) => ({ session, suits: receiptsThatSuit(log, trace, session, names) }))
      .toSorted((one, other) => other.suits - one.suits);
    if (best !== undefined) take(trace, best.session);
    else
      findings.add(
        'welcomeWithoutSession',
        placeOf(trace, undefined, trace.welcome?.line),
        `${trace.welcome?.user} was welcomed, and the log has no session for it`,
      );
  }
}

function sessionByPosts(
  log: LogIndex,
  trace: ConnectionTrace,
  known: Session | undefined,
  findings: Findings,
): Session | undefined {
  let found = known;
  for (const { stored, line } of trace.sent) {
    if (stored === undefined || stored.user !== trace.welcome?.user) continue;
    const session = log.sessionsById.get(stored.session);
    if (session === undefined || session === found) continue;
    found ??= session;
    if (session === found) continue;
    const what = `sent by session ${found.id}, in the log by ${session.id}: "${stored.text}"`;
    findings.add('postedByOtherSession', placeOf(trace, stored, line), what);
  }
  return found;
}

/** The likeliest first. */
function sessionsInTime(
  log: LogIndex,
  { loginAt, welcome }: ConnectionTrace,
  toleranceMs: number,
): readonly Session[] {
  if (welcome === undefined) return [];
  const sessions = log.sessionsByUser.get(welcome.user) ?? [];
  const before = sessions.filter(
    ({ openedAt }) => openedAt >= loginAt - toleranceMs && openedAt <= welcome.at,
  );
  const after = sessions.filter(
    ({ openedAt }) => openedAt > welcome.at && openedAt <= welcome.at + toleranceMs,
  );
  return [...before.toReversed(), ...after];
}

function receiptsThatSuit(
  log: LogIndex,
  { entries }: ConnectionTrace,
  session: Session,
  names: Names,
): number {
  let suiting = 0;
  const rooms = log.membershipsByRoom.get(session.id);
  for (let index = 0; index < Math.min(entries.length, receiptsCompared); index++) {
    const about = entries.about(index);
    const kind = entries.kind(index);
    if (kind === 'joined' && rooms?.has(names.name(about)) === true) suiting += 1;
    if (kind !== 'message') continue;
    const message = log.messages[about];
    if (message !== undefined && covers(rooms?.get(message.room), message.order)) suiting += 1;
  }
  return suiting;
}
