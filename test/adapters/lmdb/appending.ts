import type { Commit } from '../../../core/event-store.ts';
import type { Stores } from '../../../core/stores.ts';
import { inboxStream } from '../../../core/stream.ts';
import { messagePosted, newEvent, roomJoined, sessionOpened } from '../../support/events.ts';

/** A commit that was answered, as the process that appends tells it. */
export interface Answered {
  readonly once: { readonly session: string; readonly sequence: number };
  readonly position: number;
  readonly ids: readonly string[];
}

const inFlight = 16;
const everyTenth = 10;

/** The numbered commit of a run: the same whenever it is made, but for the ids of its events. */
export function numberedCommit(session: string, sequence: number): Commit {
  const text = `${session}/${sequence} ${'x'.repeat((sequence * 37) % 3_000)}`;
  const [user, room] = [`user${sequence % 7}`, `room:r${sequence % 5}`];
  const data = { from: 'alice', to: user } as const;
  const direct = newEvent({ type: 'DirectMessagePosted', data, text }, { link: inboxStream(user) });
  return {
    once: { session, sequence },
    parts: [
      { stream: `session:${user}`, expected: 'any', events: [sessionOpened(user)] },
      { stream: room, expected: 'any', events: [roomJoined(user), messagePosted(text)] },
      { stream: `direct:alice:${user}`, expected: 'any', events: [direct] },
    ],
  };
}

/** Appends until it is refused or the process is killed, and says each answer. */
export async function appending(
  stores: Stores,
  say: (line: string) => void,
  credentialEvery = everyTenth,
): Promise<void> {
  const session = `s${process.pid}`;
  const writer = stores.events.writer(session, 1);
  let sequence = 0;
  const appendForEver = async (): Promise<void> => {
    for (;;) {
      const commit = numberedCommit(session, ++sequence);
      const outcome = await writer.append(commit);
      if (outcome.status !== 'appended') return say(`refused ${JSON.stringify(outcome)}`);
      const ids = commit.parts.flatMap(({ events }) => events.map(({ id }) => id));
      say(`appended ${JSON.stringify({ once: commit.once, position: outcome.position, ids })}`);
      if (sequence % credentialEvery === 0) await putCredential(stores, say, ids[0] ?? '');
    }
  };
  await Promise.all(Array.from({ length: inFlight }, appendForEver));
}

async function putCredential(
  { credentials }: Stores,
  say: (line: string) => void,
  id: string,
): Promise<void> {
  await credentials.put({ id, user: 'alice', hash: `hash of ${id}`, createdAt: 1 });
  say(`credential ${id}`);
}
