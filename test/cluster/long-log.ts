import type { Commit, NewEvent, StreamAppend, Writer } from '../../core/event-store.ts';
import type { Stores } from '../../core/stores.ts';
import { accountStream, followingStream, keptRoomsStream, roomStream } from '../../core/stream.ts';
import { count } from '../counts.ts';
import { accountRegistered, messagePosted, newEvent } from '../support/events.ts';
import { QuickHasher } from '../support/quick-hasher.ts';
import { until } from '../support/until.ts';

/** Of all accounts. */
export const password = 'password123';
/** One account for so many events. */
const eventsOfAccount = 200;
const rooms = 20;
const commitEvents = 100;
const total = count('trimmedEvents');

/** Those who have an account. */
export const users = Array.from(
  { length: Math.ceil(total / eventsOfAccount) },
  (_, number) => `user${number}`,
);

/** Whom a user follows: the next one. */
export const followedBy = (number: number): string => users[(number + 1) % users.length] ?? '';

/** Makes all accounts, each of which follows another and keeps a room. */
export async function register({ events, credentials }: Stores): Promise<void> {
  const writer = events.writer('filler', 0);
  const hasher = new QuickHasher();
  for (let from = 0; from < users.length; from += commitEvents) {
    const some = users.slice(from, from + commitEvents);
    const registered = some.map((user) => ({ user, event: accountRegistered(user) }));
    await Promise.all(
      registered.map(async ({ user, event: { event } }) => {
        if (event.type !== 'AccountRegistered') return;
        const hash = await hasher.hash(password);
        const credential = { id: event.data.credential, user, hash, createdAt: 0 };
        const put = async (): Promise<true> => credentials.put(credential).then(() => true);
        await until(put, { what: 'a credential to be put', withinMs: 60_000 });
      }),
    );
    await append(
      writer,
      registered.map(({ user, event }, index) => {
        const data = { user, target: followedBy(from + index) };
        return {
          parts: [
            part(accountStream(user), [event]),
            part(followingStream(user), [newEvent({ type: 'UserSubscribed', data })]),
            part(keptRoomsStream(user), [
              newEvent({ type: 'RoomKept', data: { user, room: `room-of-${user}` } }),
            ]),
          ],
        };
      }),
    );
  }
  await writer.close();
}

/** Fills the log, and answers the time from which on its last tenth is. */
export async function talk({ events }: Stores): Promise<number> {
  const writer = events.writer('filler', 0);
  const lengthOf = async (): Promise<number> => (await events.head(0)).position;
  const talkUpTo = async (share: number): Promise<void> => {
    for (;;) {
      const left = share * total - (await lengthOf());
      if (left <= 0) return;
      const commits = Array.from(
        { length: Math.min(Math.ceil(left / commitEvents), rooms) },
        (_, number) => {
          const room = `room${number}`;
          const texts = Array.from({ length: commitEvents }, (__, n) =>
            messagePosted(`${n}`, room),
          );
          return { parts: [part(roomStream(room), texts)] };
        },
      );
      await append(writer, commits);
    }
  };
  await talkUpTo(0.9);
  const [latest] = await events.readAll(0, await lengthOf(), 1);
  const old = latest?.at ?? 0;
  await until(() => Date.now() > old, { what: 'the next millisecond', withinMs: 10_000 });
  await talkUpTo(1);
  await writer.close();
  return old + 1;
}

function part(stream: string, events: readonly NewEvent[]): StreamAppend {
  return { stream, expected: 'any', events };
}

/** Appends each of them once, however often it takes on a machine that has much to do. */
async function append(writer: Writer, commits: readonly Commit[]): Promise<void> {
  await Promise.all(
    commits.map(async (commit) => {
      const once = { session: commit.parts[0]?.events[0]?.id ?? '', sequence: 1 };
      for (;;) {
        const { status } = await writer.append({ ...commit, once });
        if (status === 'appended' || status === 'repeated') return;
        if (status !== 'unknown' && status !== 'unavailable') throw new Error(status);
      }
    }),
  );
}
