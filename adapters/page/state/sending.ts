import { becameOf, type Failed, type Outgoing } from './outgoing.ts';
import type { Talk } from './talk.ts';
import { messageAt } from './timeline.ts';

/** What one says oneself ends the line of what is new: one has read it. */
export function sending(talk: Talk, outgoing: Outgoing): Talk {
  return { ...talk, outgoing: [...talk.outgoing, outgoing], newAfter: undefined };
}

export function resending(talk: Talk, id: string): Talk {
  return changed(talk, id, (one) => ({ ...one, status: { kind: 'pending' } }));
}

/** Answered before or after its own frame: it goes when that is there. */
export function stored(talk: Talk, id: string, place: number): Talk {
  if (messageAt(talk.timeline, place) !== undefined) return discarded(talk, id);
  return changed(talk, id, (one) => ({ ...one, status: { kind: 'stored', place } }));
}

export function notStored(talk: Talk, id: string, failed: Failed): Talk {
  return changed(talk, id, (one) => ({ ...one, status: failed }));
}

export function discarded(talk: Talk, id: string): Talk {
  return { ...talk, outgoing: talk.outgoing.filter((one) => one.id !== id) };
}

/** Without what is in the timeline by now. */
export function settled<T extends Talk>(talk: T, me: string | undefined): T {
  let { outgoing } = talk;
  for (const entry of talk.timeline.entries) {
    if (outgoing.length === 0) break;
    if (entry.kind !== 'message' || entry.user !== me) continue;
    const sent = becameOf(outgoing, entry.place, entry.text);
    if (sent !== undefined) outgoing = outgoing.filter((one) => one !== sent);
  }
  return outgoing === talk.outgoing ? talk : { ...talk, outgoing };
}

function changed(talk: Talk, id: string, change: (one: Outgoing) => Outgoing): Talk {
  return { ...talk, outgoing: talk.outgoing.map((one) => (one.id === id ? change(one) : one)) };
}
