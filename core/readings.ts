import type { AuditEvent, AuditRead } from './audit.ts';

/**
 * So many of names, and so many of anything more. A receipt is one record of the log: whoever reads
 * the log each minute must not burst it, and whoever reads names must not push out files of keys.
 */
export const readingsListedMax = 100;

/** Somebody's reading of the log, by which something of people left it. */
export type Reading = Omit<AuditRead['data'], 'why'> & {
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** The last readings of names and the last others, oldest first, and how many came before them. */
export interface Readings {
  readonly earlier: number;
  readonly last: readonly Reading[];
}

export const noReadings: Readings = { earlier: 0, last: [] };

export function evolveReadings(state: Readings, event: AuditEvent, at: number): Readings {
  if (event.type !== 'AuditRead' || event.data.holds === 'nothing') return state;
  const { why: _, ...data } = event.data;
  const last = [...state.last, { ...data, at }];
  const isLike = ({ holds }: Reading): boolean => (holds === 'names') === (data.holds === 'names');
  const alike = last.filter(isLike);
  if (alike.length <= readingsListedMax) return { ...state, last };
  return { earlier: state.earlier + 1, last: last.filter((reading) => reading !== alike[0]) };
}
