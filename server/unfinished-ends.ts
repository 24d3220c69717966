import type { EventStore } from '../core/event-store.ts';
import type { ChatView } from '../core/views/chat.ts';
import { loadServer } from './aggregate.ts';
import { completeEnd } from './incarnation-end.ts';

/** An incarnation of a server. */
interface Incarnation {
  readonly server: string;
  readonly incarnation: number;
}

/**
 * Ends in every partition what has ended in its home: whoever was to do so came to an end itself
 * between one partition and the next, and nobody was there to see it; or a partition that was set
 * back has lost it. Answers whether all have ended.
 * @throws {StoreUnreachable}
 */
export async function finishEnds(events: EventStore, view: ChatView): Promise<boolean> {
  let complete = true;
  for (const { server, incarnation } of suspects(view)) {
    // Asked of the store: the view has one partition as of later than another.
    const { state } = await loadServer(events, server);
    if (state.status === 'running' && state.incarnation === incarnation) continue;
    complete = (await completeEnd(events, 'ServerLost', server, incarnation)) && complete;
  }
  return complete;
}

/** Incarnations that have sessions or members, and are not known to run. */
function suspects({ sessions, rooms, servers }: ChatView): Iterable<Incarnation> {
  const found = new Map<string, Incarnation>();
  const look = ({ server, incarnation }: Incarnation): void => {
    if (servers.get(server)?.incarnation !== incarnation)
      found.set(`${server}:${incarnation}`, { server, incarnation });
  };
  for (const open of sessions.bySession.values()) look(open);
  for (const room of rooms.byRoom.values())
    for (const member of room.members.values()) look(member);
  return found.values();
}
