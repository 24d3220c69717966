/** Milliseconds in each unit of a duration. */
const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const ago = /^(\d{1,9})([smhd])$/;
const calendar = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?(Z|[+-]\d\d:\d\d)?$/i;

export const instantForms =
  'a time such as 2026-11-27, "2026-11-27 06:19:52", 2026-11-27T06:19:52.250+01:00 (UTC without a zone), or 90s, 5m, 2h, 3d ago';

/** Milliseconds since 1970; undefined when the text is no time. `now` is what `5m` is before. */
export function parseInstant(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const [, count, unit = ''] = ago.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
  const [, day, minutes = '00:00', seconds = ':00', zone = 'Z'] = calendar.exec(text) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${minutes}${seconds}${zone.toUpperCase()}`);
  // A day that its month does not have becomes one of the next.
  const isReal = !Number.isNaN(at) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return isReal ? at : undefined;
}

/** As people read it: UTC, to the second. */
export const instantText = (at: number): string =>
  new Date(at).toISOString().slice(0, 19).replace('T', ' ');
