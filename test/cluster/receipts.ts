import type { LogRecord } from '../checker/log-event.ts';
import { ofType } from './cluster.ts';

/** A message, and what its sender, who had receipts on, was answered. */
export interface Answered {
  readonly text: string;
  readonly answer: string;
}

const notConfirmed = 'ERROR: Not confirmed: it is unknown whether this was stored.';

export const isAnswer = (line: string): boolean => /^(STORED|ERROR:) /.test(line);
export const isStored = ({ answer }: Answered): boolean => answer.startsWith('STORED ');

/**
 * The answers that the log gives the lie. No text may have been sent twice: one that was answered
 * `STORED` is there once, at its number; one of unknown fate once at most; one refused is not.
 */
export function untrue(
  answers: readonly Answered[],
  log: readonly LogRecord[],
): readonly Answered[] {
  const numbers = new Map<string, string[]>();
  for (const { event, revision } of ofType(log, 'MessagePosted')) {
    const places = numbers.get(event.text) ?? [];
    numbers.set(event.text, [...places, `${event.room} ${revision}`]);
  }
  return answers.filter(({ text, answer }) => {
    const places = numbers.get(text) ?? [];
    const [, room, number] = /^STORED (\S+) \S+ (\d+)$/.exec(answer) ?? [];
    if (number !== undefined) return places.length !== 1 || places[0] !== `${room} ${number}`;
    return places.length > (answer === notConfirmed ? 1 : 0);
  });
}
