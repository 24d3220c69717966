import { test } from 'tap';

import { foldTo } from '../../../cli/replay/fold-log.ts';
import { endOf } from '../../../cli/replay/log-span.ts';
import { createAccount } from '../../../server/accounts.ts';
import type { ChatServer } from '../../../server/chat-server.ts';
import { endIncarnation } from '../../../server/incarnation-end.ts';
import { hashedStateOf } from '../../../server/state-hash.ts';
import { count, reportCount } from '../../counts.ts';
import { type ChatHarness, startHarness } from '../../support/chat-harness.ts';
import { pick, RandomUser, seeded } from '../../support/random-users.ts';
import { until } from '../../support/until.ts';

const users = Array.from({ length: 12 }, (_, number) => `user-${number}`);
const killed = 1;

/** The hashes of a server's state, by the position that it stood at. */
type Seen = Map<number, string>;

await test('a replay has the state that both servers of one process had, at any place of a run in which one is cut off from its store', async (t) => {
  const commands = count('replayedCommands');
  const places = count('replayedPlaces');
  const random = seeded(Date.now());
  await using chat = await startHarness({ messagesPerSecond: 1e6, commandsPerSecond: 1e6 });
  const [first] = chat.servers;
  if (first === undefined) throw new Error('a chat has a server');
  const actor = { server: first.options.name, incarnation: first.incarnation };
  for (const user of users) await createAccount(first, actor, { user, password: 'password123' });
  // About three times as many as are needed are taken, wherever they happen to lie.
  const every = Math.max(Math.floor(commands / places / 3), 1);
  const isTaken = (position: number): boolean =>
    ((position * 2_654_435_761) % 2 ** 32) % every === 0;
  const seen = new Map<string, Seen>();
  for (const server of chat.servers) seen.set(server.options.name, observe(server, isTaken));
  let alive: readonly number[] = [0, 1];
  const crowd = users.map(
    (name) => new RandomUser(chat, name, { others: users, random, servers: () => alive }),
  );
  const run = async (howMany: number): Promise<void> => {
    let left = howMany;
    const live = async (user: RandomUser): Promise<void> => {
      while (left-- > 0) await user.act();
    };
    await Promise.all(crowd.map(live));
  };
  await run(Math.floor(commands / 2));
  alive = [0];
  await kill(chat, crowd);
  await chat.startServer({ messagesPerSecond: 1e6, commandsPerSecond: 1e6 });
  const fresh = chat.server(2);
  seen.set(fresh.options.name, observe(fresh, isTaken));
  alive = [0, 2];
  await run(Math.ceil(commands / 2));
  await chat.settled(killed);

  const [source] = chat.stores;
  if (source === undefined) throw new Error('a chat has a store');
  let compared = 0;
  const standing = (position: number): number =>
    [...seen.values()].filter((hashes) => hashes.has(position)).length;
  // While the one is dead and the other not yet there, one stands alone.
  const positions = [...(seen.get('server-0')?.keys() ?? [])].filter((at) => standing(at) === 2);
  for (const position of chosen(positions, places, random)) {
    const replayed = await foldTo(source.events, [position]);
    for (const [server, hashes] of seen) {
      const live = hashes.get(position);
      if (live === undefined) continue;
      if (live !== hashedStateOf(replayed, server).hash)
        t.fail(`at ${position} the state of ${server} is another`);
    }
    compared += 1;
  }
  t.equal(chat.records('ServerLost').length, 1, 'a server was lost');
  t.ok(
    [...seen.values()].every(({ size }) => size > 0),
    'of each server there are some',
  );
  t.ok(compared >= places, `${compared} places were compared`);
  reportCount(t, 'replayedCommands', commands);
  reportCount(t, 'replayedPlaces', compared);
});

await test('servers over several partitions end with the state that a replay has', async (t) => {
  const random = seeded(Date.now());
  const quick = { messagesPerSecond: 1e6, commandsPerSecond: 1e6 };
  await using chat = await startHarness({ ...quick, partitions: 8 });
  const names = ['alice', 'bob', 'dave', 'eve'];
  const crowd = names.map(
    (name) => new RandomUser(chat, name, { others: names, random, servers: () => [0, 1] }),
  );
  for (let turn = 0; turn < 60; turn++) await Promise.all(crowd.map((user) => user.act()));
  await chat.settled();
  const { events } = chat.store(0);
  const replayed = await foldTo(events, await endOf(events));
  for (const { follower, options } of chat.servers)
    t.equal(
      hashedStateOf(replayed, options.name).hash,
      hashedStateOf(follower.view, options.name).hash,
      options.name,
    );
});

/** From now on the server's state is hashed at these places, just before it folds the next record. */
function observe(server: ChatServer, isTaken: (position: number) => boolean): Seen {
  const seen: Seen = new Map();
  const fold = server.onRecord.bind(server);
  server.onRecord = (recorded, deliveries) => {
    const position = recorded.position - 1;
    if (isTaken(position))
      seen.set(position, hashedStateOf(server.follower.view, server.options.name).hash);
    fold(recorded, deliveries);
  };
  return seen;
}

/** It hears and says nothing any more, and the others find that out. */
async function kill(chat: ChatHarness, crowd: readonly RandomUser[]): Promise<void> {
  const server = chat.server(killed);
  const { name } = server.options;
  const { incarnation } = server;
  chat.store(killed).withhold();
  chat.store(killed).cutOff();
  for (const user of crowd) if (user.server === killed) user.cutOff();
  const ending = { type: 'DeclareLost', server: name, incarnation } as const;
  const isLost = (): Promise<boolean> => endIncarnation(chat.store(0).events, ending);
  await until(isLost, { what: `${name} to be declared lost`, withinMs: 30_000 });
}

function chosen(
  positions: readonly number[],
  howMany: number,
  random: () => number,
): ReadonlySet<number> {
  const wanted = Math.min(howMany, positions.length);
  const picked = new Set<number>();
  while (picked.size < wanted) picked.add(pick(positions, random));
  return picked;
}
