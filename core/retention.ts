import { type Decision, unreachable } from './rejection.ts';

/** What is said in the room is kept for so many days, and for ever where there is no number. */
export interface RetentionSet {
  readonly type: 'RetentionSet';
  readonly data: { readonly room: string; readonly days?: number };
}

export type RetentionEvent = RetentionSet;

/** For how many days; undefined for ever. */
export type Retention = number | undefined;

/** As people are told it: "for 90 days", "for ever". */
export const retentionWords = (days: Retention): string =>
  days === undefined ? 'for ever' : `for ${days} ${days === 1 ? 'day' : 'days'}`;

export interface RetentionCommand {
  readonly type: 'SetRetention';
  readonly room: string;
  readonly days: Retention;
}

export const initialRetention: Retention = undefined;

export function evolveRetention(_state: Retention, event: RetentionEvent): Retention {
  switch (event.type) {
    case 'RetentionSet':
      return event.data.days;
    default:
      return unreachable(event.type);
  }
}

export function decideRetention(
  { room, days }: RetentionCommand,
  state: Retention,
): Decision<RetentionEvent> {
  if (days === state) return [];
  return [{ type: 'RetentionSet', data: days === undefined ? { room } : { room, days } }];
}
