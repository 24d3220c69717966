import type { Gap } from './entry.ts';
import type { RoomTalk } from './talk.ts';
import { cutFrom, newestMessage, withEntries } from './timeline.ts';

interface Missing {
  readonly epoch: string;
  readonly from: number;
  readonly to?: number | undefined;
}

/** A gap takes the place of the first number that is missing. */
export function gapLeft(talk: RoomTalk, missing: Missing, reason: Gap['reason']): RoomTalk {
  const { from, to, epoch } = missing;
  const gap: Gap = { kind: 'gap', place: from, from, to, reason, loading: false };
  const present = talk.epoch === epoch ? talk : { ...cut(talk, from), epoch };
  return { ...present, timeline: withEntries(present.timeline, [gap]) };
}

/** The log was set back: what lay at `from` and after it is gone, and others have its numbers. */
export function epochBegun(talk: RoomTalk, missing: Missing): RoomTalk {
  const { from, to, epoch } = missing;
  const whole = cut(talk, from);
  // Beside `from`, where a message of the new log will lie.
  const place = from - 0.1;
  const gap: Gap = { kind: 'gap', place, from, to, reason: 'epoch', loading: false };
  return { ...whole, epoch, timeline: withEntries(whole.timeline, [gap]) };
}

function cut(talk: RoomTalk, from: number): RoomTalk {
  const timeline = cutFrom(talk.timeline, from);
  return {
    ...talk,
    timeline,
    number: Math.min(talk.number, from - 1),
    read: Math.min(talk.read, from - 1),
    unread: 0,
    newAfter: undefined,
    last: talk.last && talk.last.place < from ? talk.last : newestMessage(timeline),
  };
}
