/** Times as the reader's own language writes them; words around them are English. */
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const dateOfYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });
const shortDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' });

const dayMs = 86_400_000;
const daysOfWeek = 7;

/** The midnight before a time, where the reader is. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

export const clockTime = (at: number): string => clock.format(at);
export const wholeTime = (at: number): string => whole.format(at);
export const machineTime = (at: number): string => new Date(at).toISOString();

/** The day of a mark: `Today`, `Yesterday`, `Tuesday, 4 March`, `4 March 2023`. */
export function dayWords(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear ? `${weekday.format(at)}, ${date.format(at)}` : dateOfYear.format(at);
}

/** The time of a last line: the clock today, else the day. */
export function briefTime(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return clockTime(at);
  if (days === 1) return 'Yesterday';
  return days < daysOfWeek ? weekday.format(at) : shortDate.format(at);
}

/** A moment, in short: the clock today, else the day and the clock. */
export function momentWords(at: number, now: number): string {
  const time = clockTime(at);
  return daysBetween(at, now) === 0 ? time : `${briefTime(at, now)}, ${time}`;
}

/** Days of the calendar; one of them may have had 23 or 25 hours. */
function daysBetween(at: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(at)) / dayMs);
}
