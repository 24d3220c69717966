import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type Test, test } from 'tap';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import { checkProof, formatConsistency, formatInclusion } from '../../adapters/audit/proof-file.ts';
import { SealedLog } from '../../adapters/audit/sealed-log.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { LineLink } from '../../adapters/line/line-link.ts';
import { LogArchive } from '../../adapters/log-file/archive.ts';
import { joinedWith } from '../../adapters/log-file/joined.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import { foldTo } from '../../cli/replay/fold-log.ts';
import { endOf } from '../../cli/replay/log-span.ts';
import { startOfLive } from '../../cli/replay/trimmed-start.ts';
import type { StoredLog } from '../../core/log-source.ts';
import type { Stores } from '../../core/stores.ts';
import { accountNames } from '../../server/account-names.ts';
import { loadAccount, loadFollowing, loadSession } from '../../server/aggregate.ts';
import { ChatServer } from '../../server/chat-server.ts';
import { foldLog } from '../../server/folded-log.ts';
import { loadKeptRooms } from '../../server/loaded-kept-rooms.ts';
import { Sealer } from '../../server/sealer.ts';
import { hashedState } from '../../server/state-hash.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { reportCount } from '../counts.ts';
import { ChatClient } from '../support/chat-client.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { QuickHasher } from '../support/quick-hasher.ts';
import { startRedis } from '../support/redis-process.ts';
import { firstsOf } from '../support/trimmed-log.ts';
import { until } from '../support/until.ts';
import { followedBy, password, register, talk, users } from './long-log.ts';

const dayMs = 86_400_000;
const loginsAtOnce = 50;
const placesProved = 50;
const log = pino({ enabled: false });
const key = testKey();

/** They are here all the time. */
const stayers = users.slice(0, 5);

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
    const whole = await joinedWith(archive, sourceOf(fresh));
    const report = await auditLog(whole, { keys: [key.verifier], others: [] }, () => {});
    t.match(report, { verdict: 'whole', findings: [] });
    t.ok((report.partitions[0]?.sealed ?? 0) > position, 'sealed beyond what there was');
    await provesAll(t, whole, first);
    const end = await endOf(whole);
    const state = hashedState(await foldTo(whole, end));
    const start = await startOfLive(events);
    t.ok((start.positions[0] ?? 0) >= first - 1, 'the replay begins where the log does');
    t.same(hashedState(await foldTo(sourceOf(fresh), end, start)), state);
    await whole.close();
    t.same(await firstsOf(events), [first]);
    if (name === 'Redis') reportCount(t, 'trimmedEvents', position);
  });
}

/** Records in the archive and in the log, and that the log at one checkpoint begins it at another. */
async function provesAll(t: Test, whole: StoredLog, first: number): Promise<void> {
  const sealed = await SealedLog.read(whole, 0, []);
  const { position } = await whole.head(0);
  const step = Math.ceil(position / placesProved);
  const places = Array.from({ length: placesProved }, (_, n) => 1 + n * step);
  for (const place of [...places, first - 1, first]) {
    const proof = checkProof(formatInclusion(await sealed.proveInclusion(place)), [key.verifier]);
    t.ok('proves' in proof, `position ${place}`);
  }
  const sizes = sealed.sizes.filter((_, index, { length }) => index % Math.ceil(length / 10) === 0);
  for (const [index, size] of sizes.slice(1).entries()) {
    const proof = formatConsistency(sealed.proveConsistency(sizes[index] ?? 0, size));
    t.ok('proves' in checkProof(proof, [key.verifier]), `from ${sizes[index]} to ${size}`);
  }
}

/** What is known of all users, and of the chat. */
async function knownOf({ events }: Stores): Promise<unknown> {
  const names: string[] = [];
  for await (const name of accountNames(events)) names.push(name);
  const states: unknown[] = [];
  for (const user of users) {
    const kept = await loadKeptRooms(events, user);
    states.push([
      await loadAccount(events, user),
      await loadFollowing(events, user),
      await loadSession(events, user),
      { state: kept.state, revision: kept.revision },
    ]);
  }
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
