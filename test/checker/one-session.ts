import type { Findings } from './finding.ts';
import type { LogIndex, Session } from './log-index.ts';

/** P6: no session of a user opens while another is open. Server ends have ended theirs. */
export function checkOneSession(log: LogIndex, findings: Findings): void {
  const ids = new Set<string>();
  for (const { id, user, partition, openedPosition: position } of log.sessions) {
    if (ids.has(id))
      findings.add('sessionTwice', { partition, position }, `session ${id} of ${user} opens again`);
    ids.add(id);
  }
  for (const [user, sessions] of log.sessionsByUser) {
    let last: Session | undefined;
    for (const session of sessions) {
      const { partition, openedPosition: position } = session;
      if (last !== undefined && last.closedPosition > position) {
        const what = `${user} opens session ${session.id} while ${last.id} is open`;
        findings.add('twoSessions', { partition, position }, what);
      }
      if (last === undefined || session.closedPosition > last.closedPosition) last = session;
    }
  }
}
