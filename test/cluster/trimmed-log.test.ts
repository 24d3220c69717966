import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { test } from 'tap';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { LineLink } from '../../adapters/line/line-link.ts';
import { LogArchive } from '../../adapters/log-file/archive.ts';
import { JoinedLog } from '../../adapters/log-file/joined.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import type { Commit, NewEvent, StreamAppend, Writer } from '../../core/event-store.ts';
import type { StoredLog } from '../../core/log-source.ts';
import type { Stores } from '../../core/stores.ts';
import { accountStream, followingStream, roomStream } from '../../core/stream.ts';
import { accountNames } from '../../server/account-names.ts';
import { loadAccount, loadFollowing, loadSession } from '../../server/aggregate.ts';
import { ChatServer } from '../../server/chat-server.ts';
import { foldLog } from '../../server/folded-log.ts';
import { Sealer } from '../../server/sealer.ts';
import { hashedState } from '../../server/state-hash.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { count, reportCount } from '../counts.ts';
import { ChatClient } from '../support/chat-client.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { accountRegistered, messagePosted, newEvent } from '../support/events.ts';
import { QuickHasher } from '../support/quick-hasher.ts';
import { startRedis } from '../support/redis-process.ts';
import { firstsOf } from '../support/trimmed-log.ts';
import { until } from '../support/until.ts';

const dayMs = 86_400_000;
const password = 'password123';
/** One account for so many events. */
const eventsOfAccount = 200;
const rooms = 20;
const commitEvents = 100;
const loginsAtOnce = 50;
const log = pino({ enabled: false });
const key = testKey();

const total = count('trimmedEvents');
const users = Array.from({ length: Math.ceil(total / eventsOfAccount) }, (_, n) => `user${n}`);
/** They are here all the time. */
const stayers = users.slice(0, 5);
/** Whom a user follows: the next one. */
const followedBy = (number: number): string => users[(number + 1) % users.length] ?? '';

interface Store {
  open(): Promise<Stores>;
  end(): PromiseLike<void>;
}

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  embedded: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'securechat-trim-'));
    const end = async (): Promise<void> => rmSync(dir, { recursive: true });
    return { open: () => openLmdb({ dir, own: true }), end };
  },
  Redis: async () => {
    const redis = await startRedis();
    return { open: () => openRedis({ url: redis.url }), end: () => redis[Symbol.asyncDispose]() };
  },
};

for (const [name, make] of Object.entries(stores)) {
  await test(`accounts, subscriptions, starts and proofs outlive nine tenths of a log (${name} store)`, async (t) => {
    const store = await make();
    t.teardown(() => store.end());
    const archived = mkdtempSync(join(tmpdir(), 'securechat-archive-'));
    t.teardown(() => rmSync(archived, { recursive: true }));
    const opened = await store.open();
    t.teardown(() => opened.close());
    const { events } = opened;
    await register(opened);
    const running = await started(opened, 'one');
    t.teardown(() => running.stop());
    const staying = await Promise.all(stayers.map((user) => loggedIn(running, user)));
    for (const client of staying) {
      client.send('/join garden');
      await client.sees('SUCCESS: Joined garden');
    }
    const since = await talk(opened);
    const sealer = new Sealer(events, key, 'one');
    t.equal(await sealer.seal(0), 'sealed');
    const before = await knownOf(opened);

    const archive = new LogArchive(archived);
    const trimmer = new Trimmer({ days: 1, archive }, opened, log, () => since + dayMs);
    const { first, position } = await until(
      async () => {
        await trimmer.look();
        const head = await events.head(0);
        return head.first > 0.85 * head.position ? head : undefined;
      },
      { what: 'the log to be trimmed', withinMs: 120_000 },
    );
    t.ok(first > 0.85 * position, `begins at ${first} of ${position}`);
    t.strictSame(await knownOf(opened), before);

    const fresh = await store.open();
    t.teardown(() => fresh.close());
    const server = await started(fresh, 'two');
    t.teardown(() => server.stop());
    staying[0]?.send('still here');
    await staying[1]?.sees(`[garden] ${stayers[0]}: still here`);
    const others = [...users.entries()].slice(stayers.length);
    for (let from = 0; from < others.length; from += loginsAtOnce)
      await Promise.all(
        others.slice(from, from + loginsAtOnce).map(async ([number, user]) => {
          const client = await loggedIn(server, user);
          client.send('/subscriptions');
          await client.sees(`Subscriptions: ${followedBy(number)}`);
          client.send('/quit');
          await client.closes();
        }),
      );
    const last = users.length - 2;
    const follower = await loggedIn(server, users[last] ?? '');
    const speaker = await loggedIn(running, followedBy(last));
    speaker.send('/join elsewhere', 'heard');
    await follower.sees(`[Subbed] ${followedBy(last)}: heard`);

    t.equal(await sealer.seal(0), 'sealed');
    await sealer.close();
    const whole = new JoinedLog(await archive.open(), sourceOf(fresh));
    const report = await auditLog(whole, { keys: [key.verifier], others: [] }, () => {});
    t.match(report, { verdict: 'whole', findings: [] });
    t.ok((report.partitions[0]?.sealed ?? 0) > position, 'sealed beyond what there was');
    await whole.close();
    t.same(await firstsOf(events), [first]);
    if (name === 'Redis') reportCount(t, 'trimmedEvents', position);
  });
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

/** Makes all accounts, each of which follows another. */
async function register({ events, credentials }: Stores): Promise<void> {
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
          ],
        };
      }),
    );
  }
  await writer.close();
}

/** Fills the log, and answers the time from which on its last tenth is. */
async function talk({ events }: Stores): Promise<number> {
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

/** What is known of all users, and of the chat. */
async function knownOf({ events }: Stores): Promise<unknown> {
  const names: string[] = [];
  for await (const name of accountNames(events)) names.push(name);
  const states: unknown[] = [];
  for (const user of users)
    states.push([
      await loadAccount(events, user),
      await loadFollowing(events, user),
      await loadSession(events, user),
    ]);
  const { view } = await foldLog(events);
  return { names: names.toSorted(), states, hash: hashedState(view).hash };
}

async function started(opened: Stores, name: string): Promise<ChatServer> {
  const options = { name, registrationOpen: false, messagesPerSecond: 1_000 };
  const server = new ChatServer(options, opened, new QuickHasher(), log);
  await server.start();
  return server;
}

async function loggedIn(server: ChatServer, user: string): Promise<ChatClient> {
  const [here, there] = duplexPair();
  // One of its own for each: limits are by address.
  const number = users.indexOf(user);
  const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  void new LineLink(there, address, server.accept);
  const client = new ChatClient(here, { framed: true });
  client.send(`LOGIN ${user} ${password}`);
  await client.sees(`SUCCESS: Welcome ${user}. You are in lobby.`);
  return client;
}

function sourceOf({ events }: Stores): StoredLog {
  return {
    info: events.info,
    head: (partition) => events.head(partition),
    readStored: (partition, from, limit) => events.readStored(partition, from, limit),
    close: async () => {},
  };
}
