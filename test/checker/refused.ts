import { placeOf, type ConnectionTrace } from './connection-trace.ts';
import type { Findings } from './finding.ts';
import type { LogIndex } from './log-index.ts';

/**
 * P2: what was refused is not in the log, nothing is there twice, and nothing that nobody sent;
 * what is there lies in the room that it was sent to.
 */
export function checkRefused(
  log: LogIndex,
  { traces, invoked }: { traces: readonly ConnectionTrace[]; invoked: Uint8Array },
  findings: Findings,
): void {
  for (const trace of traces) {
    for (const { outcome, stored, text, room, line } of trace.sent) {
      if (stored === undefined) continue;
      if (outcome.status === 'error') {
        const what = `"${text}" is in the log although it was refused: "${outcome.text}"`;
        findings.add('refusedStored', placeOf(trace, stored, outcome.line), what);
      }
      if (stored.room === room) continue;
      const what = `"${text}" was sent to ${room}, the log has it in ${stored.room}`;
      findings.add('wrongRoom', placeOf(trace, stored, line), what);
    }
  }
  for (const message of log.messages) {
    const { text, index, user } = message;
    const { partition, position } = message;
    const first = log.byText.get(text);
    if (first !== message) {
      const what = `"${text}" is in the log again, first at position ${first?.position}`;
      findings.add('storedTwice', { partition, position }, what);
    } else if (invoked[index] !== 1) {
      findings.add('alienMessage', { partition, position }, `nobody sent "${text}" of ${user}`);
    }
  }
}
