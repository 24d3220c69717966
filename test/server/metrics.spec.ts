import { deepStrictEqual, doesNotMatch, match, ok } from 'node:assert/strict';

import { CountedMetrics } from '../../server/metrics-counted.ts';
import { MetricsPage } from '../../server/metrics-page.ts';
import { Readiness } from '../../server/readiness.ts';
import { Sealer } from '../../server/sealer.ts';
import { testKey } from '../audit/sealed-records.ts';
import { type ChatHarness, scene } from '../support/chat-harness.ts';
import { full, unavailable } from '../support/faulty-stores.ts';
import { until } from '../support/until.ts';

/** One more server of a chat, whose metrics can be read. */
interface Measured {
  readonly counted: CountedMetrics;
  /** The values of a metric, by its labels as they are written, without the server's name. */
  values(name: string): Promise<Record<string, number>>;
  text(): Promise<string>;
}

async function measured(chat: ChatHarness): Promise<Measured> {
  const counted = new CountedMetrics();
  await chat.startServer({}, counted);
  const server = chat.server(chat.servers.length - 1);
  const page = new MetricsPage(server, counted, new Readiness(server, () => counted.refusal));
  return {
    counted,
    text: () => page.text(),
    async values(name) {
      const lines = (await page.text()).matchAll(new RegExp(`^${name}{(.*)} (\\S+)$`, 'gm'));
      return Object.fromEntries(
        [...lines].map(([, labels = '', value]) => {
          const [first = ''] = labels.split(/,?server="server-\d"/);
          return [first, Number(value === '+Inf' ? Infinity : value)];
        }),
      );
    },
  };
}

const becomes = (metrics: Measured, name: string, value: number, labels = ''): Promise<unknown> =>
  until(async () => (await metrics.values(name))[labels] === value, {
    what: `${name} to be ${value}`,
    withinMs: 5_000,
  });

const one = { servers: 1 };

scene(
  'commands are counted by kind and outcome, messages when they are shown',
  async (chat) => {
    const metrics = await measured(chat);
    const alice = await chat.client(1);
    alice.send('LOGIN alice wrong-password', 'LOGIN alice password123', 'hello', '/join attic');
    alice.send('/nonsense', '/subscribe nobody-here', '/rooms');
    await alice.sees('Rooms: attic');
    deepStrictEqual(await metrics.values('securechat_commands_total'), {
      'command="login",outcome="InvalidCredentials"': 1,
      'command="login",outcome="ok"': 1,
      'command="say",outcome="ok"': 1,
      'command="join",outcome="ok"': 1,
      'command="fault",outcome="UnknownCommand"': 1,
      'command="subscribe",outcome="NoSuchUser"': 1,
      'command="rooms",outcome="ok"': 1,
    });
    chat.store(1).arrange(unavailable, 'MessagePosted');
    alice.send('lost', '/rooms');
    await alice.sees('Rooms: attic');
    const { 'command="say",outcome="Unavailable"': refused } = await metrics.values(
      'securechat_commands_total',
    );
    deepStrictEqual(refused, 1);
    deepStrictEqual(await metrics.values('securechat_delivery_seconds_count'), { '': 1 });
  },
  one,
);

scene(
  'appends are counted by outcome and timed; those that only ask are not',
  async (chat) => {
    const metrics = await measured(chat);
    await chat.login('alice', 1);
    const { 'outcome="appended"': before = 0 } = await metrics.values('securechat_appends_total');
    ok(before > 0);
    // Reading asks the store whether the server is ready.
    deepStrictEqual(await metrics.values('securechat_appends_total'), {
      'outcome="appended"': before,
    });
    deepStrictEqual(await metrics.values('securechat_append_seconds_count'), { '': before });
  },
  one,
);

scene(
  'connections, sessions and what waits for clients are as they are now',
  async (chat) => {
    const metrics = await measured(chat);
    const greeted = await chat.client(1);
    await chat.login('alice', 1);
    await chat.login('bob', 0);
    await chat.settled(1);
    deepStrictEqual(await metrics.values('securechat_connections'), {
      'transport="line"': 2,
      'transport="websocket"': 0,
    });
    const single = async (name: string): Promise<unknown> =>
      (await metrics.values(`securechat_${name}`))[''];
    deepStrictEqual(await single('sessions'), 1);
    deepStrictEqual(await single('cluster_sessions'), 2);
    deepStrictEqual(await single('cluster_rooms'), 1);
    deepStrictEqual(await single('cluster_servers'), 2);
    await becomes(metrics, 'securechat_outbox_bytes', 0);
    deepStrictEqual(await single('ready'), 1);
    deepStrictEqual(await single('log_followed'), 1);
    deepStrictEqual(await single('incarnation'), 1);
    deepStrictEqual(await single('store_link_seconds'), Infinity);
    greeted.vanish();
    await becomes(metrics, 'securechat_connections', 1, 'transport="line"');
    deepStrictEqual(await metrics.values('securechat_connections_total'), {
      'transport="line"': 2,
    });
  },
  one,
);

scene(
  'a server that has yet to read says how much; one without its store says nothing of that',
  async (chat) => {
    const metrics = await measured(chat);
    const lag = (): Promise<Record<string, number>> => metrics.values('securechat_log_lag_records');
    deepStrictEqual(await lag(), { 'partition="0"': 0 });
    chat.store(1).withhold();
    const alice = await chat.login('alice', 0);
    alice.send('one', 'two');
    await chat.until(() => chat.records('MessagePosted').length === 2, 'two messages');
    ok(((await lag())['partition="0"'] ?? 0) >= 4, 'a login and two messages');
    await becomes(metrics, 'securechat_ready', 0);
    chat.store(1).beforeHead(() => {
      throw new Error('arranged by a test');
    });
    deepStrictEqual(await lag(), {});
  },
  one,
);

scene(
  'how old is what no checkpoint covers is told once the log is sealed, and not without the store',
  async (chat) => {
    const metrics = await measured(chat);
    const ages = (): Promise<Record<string, number>> =>
      metrics.values('securechat_log_unsealed_seconds');
    const alice = await chat.login('alice', 0);
    deepStrictEqual(await ages(), {}, 'never sealed');
    const sealer = new Sealer(chat.store(0).events, testKey(), 'server-0');
    deepStrictEqual(await sealer.seal(0), 'sealed');
    deepStrictEqual(await ages(), { 'partition="0"': 0 });
    alice.send('one');
    await alice.isServed();
    await until(async () => ((await ages())['partition="0"'] ?? 0) > 0.01, {
      what: 'a message to have waited for a checkpoint',
      withinMs: 5_000,
    });
    deepStrictEqual(await sealer.seal(0), 'sealed');
    deepStrictEqual(await ages(), { 'partition="0"': 0 });
    chat.store(1).beforeRead(() => {
      throw new Error('arranged by a test');
    });
    deepStrictEqual(await ages(), {});
    await sealer.close();
  },
  one,
);

scene(
  'what a store refused for want of room is held against it until it stores again',
  async (chat) => {
    const { counted } = await measured(chat);
    const alice = await chat.login('alice', 1);
    chat.store(1).arrange(full, 'MessagePosted');
    alice.send('lost');
    await alice.seesMatching(/^ERROR: Not stored/);
    deepStrictEqual(counted.refusal?.reason, 'full');
    alice.send('kept');
    await chat.until(() => chat.records('MessagePosted').length === 1, 'a message');
    await chat.until(() => counted.refusal === undefined, 'the refusal to be forgotten');
  },
  one,
);

scene(
  'no metric has the name of a user or a room, or anything that anybody said',
  async (chat) => {
    const metrics = await measured(chat);
    const alice = await chat.login('alice', 1);
    const bob = await chat.login('bob', 0);
    alice.send('/join Kaffeehaus', 'a word in passing', '/msg bob between us', '/subscribe bob');
    await bob.sees('[DM] alice: between us');
    alice.send('/nosuchcommand eve', 'LOGIN dave 123456', '/history');
    await alice.seesMatching(/Kaffeehaus.*a word in passing|a word in passing/);
    const text = await metrics.text();
    match(text, /^securechat_commands_total{.*command="direct"/m);
    for (const name of ['alice', 'bob', 'eve', 'dave', 'kaffeehaus', 'lobby', 'passing', 'between'])
      doesNotMatch(text, new RegExp(`(?<![a-z])${name}(?![a-z])`, 'i'));
  },
  one,
);

scene(
  'servers of one process count each for itself, and tell the same of the process',
  async (chat) => {
    const [first, second] = [await measured(chat), await measured(chat)];
    await chat.login('alice', 1);
    deepStrictEqual(await first.values('securechat_sessions'), { '': 1 });
    deepStrictEqual(await second.values('securechat_sessions'), { '': 0 });
    for (const metrics of [first, second]) {
      match(await metrics.text(), /^process_resident_memory_bytes \d+$/m);
      match(await metrics.text(), /^nodejs_eventloop_lag_seconds \S+$/m);
    }
  },
  one,
);

scene(
  'nothing is told of the event loop before it has turned',
  async (chat) => {
    const metrics = await measured(chat);
    // The second at once after the first, which begins to count anew.
    for (const text of [await metrics.text(), await metrics.text()])
      doesNotMatch(text, /^nodejs_eventloop_lag_\w+ (?:nan|9223372036)/im);
  },
  one,
);
