import type { ConnectionTrace } from './connection-trace.ts';
import { type Finding, type FindingKind, findingKinds, type Findings } from './finding.ts';
import type { LogIndex } from './log-index.ts';

export interface Totals {
  readonly clients: number;
  readonly connections: number;
  /** Messages that clients sent, and how they were answered. */
  readonly sent: number;
  readonly ok: number;
  readonly refused: number;
  readonly unknown: number;
  /** Of those whose outcome is unknown, how many are in the log. */
  readonly unknownStored: number;
  readonly records: number;
  readonly messages: number;
  readonly sessions: number;
  /** What clients received: room messages, those of followed users, notices. */
  readonly received: number;
  readonly subbed: number;
  readonly notices: number;
}

export interface Report {
  /** Whether nothing was found. A run without messages finds nothing either: see the totals. */
  readonly ok: boolean;
  /** The first hundred of each kind. */
  readonly findings: readonly Finding[];
  /** All of each kind. */
  readonly counts: ReadonlyMap<FindingKind, number>;
  readonly totals: Totals;
}

export function makeReport(
  log: LogIndex,
  { traces, clients }: { traces: readonly ConnectionTrace[]; clients: number },
  { kept, counts }: Findings,
): Report {
  return {
    ok: counts.size === 0,
    findings: kept,
    counts,
    totals: {
      clients,
      connections: traces.length,
      ...sentTotals(traces),
      records: log.records,
      messages: log.messages.length,
      sessions: log.sessions.length,
      ...receivedTotals(traces),
    },
  };
}

/** The report for people: totals, then each promise with its findings, one a line. */
export function formatReport({ findings, counts, totals }: Report): string {
  const lines = Object.entries(totals).map(([name, value]) => `${name}: ${value}`);
  const sections = Object.entries(findingKinds).map(([promise, kinds]) => {
    const found = kinds.flatMap((kind) => {
      const count = counts.get(kind);
      return count === undefined ? [] : [`${kind} ${count}`];
    });
    const told = findings.filter((finding) => finding.promise === promise).map(formatFinding);
    return [`${promise}: ${found.join(', ') || 'nothing found'}`, ...told].join('\n  ');
  });
  return `${lines.join(', ')}\n${sections.join('\n')}\n`;
}

export function formatFinding(finding: Finding): string {
  const { kind, what, client, connection, line, partition, position } = finding;
  const places = [
    ...(client === undefined ? [] : [`client ${client}, connection ${connection}, line ${line}`]),
    ...(position === undefined ? [] : [`partition ${partition}, position ${position}`]),
  ];
  return `${kind} (${places.join('; ')}): ${what}`;
}

function sentTotals(traces: readonly ConnectionTrace[]) {
  const sent = traces.flatMap((trace) => trace.sent);
  const of = (status: string) => sent.filter(({ outcome }) => outcome.status === status);
  const unknown = of('unknown');
  return {
    sent: sent.length,
    ok: of('ok').length,
    refused: of('error').length,
    unknown: unknown.length,
    unknownStored: unknown.filter(({ stored }) => stored !== undefined).length,
  };
}

function receivedTotals(traces: readonly ConnectionTrace[]) {
  const totals = { received: 0, subbed: 0, notices: 0 };
  for (const { entries } of traces) {
    for (let index = 0; index < entries.length; index++) {
      const kind = entries.kind(index);
      if (kind === 'message') totals.received += 1;
      if (kind === 'subbed') totals.subbed += 1;
      if (kind === 'entered' || kind === 'left') totals.notices += 1;
    }
  }
  return totals;
}
