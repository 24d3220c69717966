import type { FollowedMessage } from './page-state.ts';
import { groupMs } from './rows.ts';

/** What followed users said, one below the other. */
export type FollowedRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: FollowedMessage;
      /** Whether it begins a group, and so shows who says it, and where. */
      readonly leads: boolean;
    };

/** @param dayOf the beginning of the day that a time lies in, where the reader is */
export function followedRows(
  followed: readonly FollowedMessage[],
  dayOf: (at: number) => number,
): readonly FollowedRow[] {
  const rows: FollowedRow[] = [];
  let before: FollowedMessage | undefined;
  for (const message of followed) {
    const key = `followed:${message.room}:${message.epoch}:${message.place}`;
    const day = dayOf(message.at);
    const isNextDay = before === undefined || dayOf(before.at) !== day;
    if (isNextDay) rows.push({ kind: 'day', key: `day:${key}`, at: day });
    rows.push({ kind: 'message', key, message, leads: isNextDay || !continues(before, message) });
    before = message;
  }
  return rows;
}

function continues(
  before: FollowedMessage | undefined,
  { user, room, at }: FollowedMessage,
): boolean {
  return before?.user === user && before.room === room && at - before.at < groupMs;
}
