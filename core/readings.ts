import type { AuditEvent, AuditRead } from './audit.ts';

/** A receipt is one record of the log: whoever reads the log each minute must not burst it. */
export const readingsListedMax = 100;

/** Somebody's reading of the log, by which something of people left it. */
export type Reading = Omit<AuditRead['data'], 'why'> & {
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** The last readings, oldest first, and how many came before them. */
export interface Readings {
  readonly earlier: number;
  readonly last: readonly Reading[];
}

export const noReadings: Readings = { earlier: 0, last: [] };

export function evolveReadings(state: Readings, event: AuditEvent, at: number): Readings {
  if (event.type !== 'AuditRead' || event.data.holds === 'nothing') return state;
  const { why: _, ...data } = event.data;
  const last = [...state.last, { ...data, at }];
  const more = Math.max(last.length - readingsListedMax, 0);
  return { earlier: state.earlier + more, last: last.slice(more) };
}
