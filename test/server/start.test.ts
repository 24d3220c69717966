import { join } from 'node:path';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import pino from 'pino';
import { type Test, test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { type ChatPlan, demoAccounts, startChat } from '../../server/start.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import { ChatClient } from '../support/chat-client.ts';
import { FaultyStores, held } from '../support/faulty-stores.ts';
import { freePort } from '../support/free-port.ts';
import { gate } from '../support/gate.ts';
import { until } from '../support/until.ts';

const host = '127.0.0.1';
const withinMs = 10_000;
const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

await test('two servers of one process serve the demonstration accounts over TLS', async (t) => {
  const plan = await planOf(t);
  const chat = await startChat(plan);
  t.equal(chat.hasAccounts, true);
  t.same(chat.warnings, []);
  const [first, second] = chat.servers.map(({ port }) => clientAt(port));
  await first?.reads(greeting);
  first?.send('LOGIN alice password123');
  await first?.reads('SUCCESS: Welcome alice. You are in lobby.');
  await second?.reads(greeting);
  second?.send('LOGIN alice password123', 'LOGIN bob letmein');
  await second?.reads('ERROR: User already logged in elsewhere.', greeting);
  await second?.sees('SUCCESS: Welcome bob. You are in lobby.');
  await first?.reads('[lobby] Server: bob joined.');
  await chat.stop();
  const stopping = 'ERROR: This server is stopping. Connect again, or to another server.';
  t.same((await first?.closes())?.at(-1), stopping);
  t.same((await second?.closes())?.at(-1), stopping);
});

await test('a second start finds the accounts, and makes none again', async (t) => {
  const plan = await planOf(t);
  await (await startChat(plan)).stop();
  const chat = await startChat(plan);
  await chat.stop();
  const accounts = plan.memory.partition(0).readStream({ stream: 'accounts', limit: 99 });
  t.equal(accounts.length, demoAccounts.length);
});

await test('a chat without accounts says so', async (t) => {
  const chat = await startChat({ ...(await planOf(t)), demo: false });
  t.equal(chat.hasAccounts, false);
  await chat.stop();
});

await test('a port that is taken is found before anything is in the log, and nothing stays', async (t) => {
  const other = createServer().listen(0, host);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const plan = await planOf(t);
  const [first] = plan.servers;
  const taken = { name: 'taken', host, port };
  if (first === undefined) throw new Error('the plan has servers');
  const free = { ...first, port: await freePort() };
  for (const servers of [[taken], [free, taken]]) {
    await t.rejects(startChat({ ...plan, servers }), { code: 'EADDRINUSE' });
    t.equal(plan.memory.partition(0).head, 1, 'the log is as it was made');
  }
  const chat = await startChat({ ...plan, servers: [free] });
  await chat.stop();
  other.close();
});

await test('a chat that fails at the last step lets go of its ports and ends its servers', async (t) => {
  const plan = await planOf(t);
  const servers = await Promise.all(
    plan.servers.map(async ({ name }) => ({ name, host, port: await freePort() })),
  );
  const unread = {
    ...plan,
    demo: false,
    servers,
    openStores: async () => {
      const stores = new FaultyStores(await plan.openStores(() => {}));
      stores.beforeRead(({ stream }) => {
        if (stream === 'accounts') throw new StoreUnreachable('arranged by a test');
      });
      return stores;
    },
  };
  await t.rejects(startChat(unread), StoreUnreachable);
  t.strictSame(lastTypes(plan, 2), ['ServerStopped', 'ServerStopped']);
  const uncertified = { ...plan, servers, certify: () => Promise.reject(new Error('unsigned')) };
  await t.rejects(startChat(uncertified), { message: 'unsigned' });
  t.strictSame(lastTypes(plan, 2), ['ServerStopped', 'ServerStopped']);
  const chat = await startChat({ ...plan, servers });
  await chat.stop();
});

await test('a server that cannot tell the log of its stop keeps no other from stopping', async (t) => {
  const plan = await planOf(t);
  const opened: FaultyStores[] = [];
  const chat = await startChat({
    ...plan,
    openStores: async () => {
      const stores = new FaultyStores(await plan.openStores(() => {}));
      opened.push(stores);
      return stores;
    },
  });
  const [north, south] = opened;
  const shut = gate();
  north?.cutOff();
  south?.arrange(held(shut.opened), 'ServerStopped');
  let isOver = false;
  const stopped = chat.stop().finally(() => (isOver = true));
  const rejected = t.rejects(stopped, StoreUnreachable, 'it is told');
  const before = south?.appends;
  await until(() => south?.appends !== before, { what: 'the end of the other', withinMs });
  t.equal(isOver, false, 'but not before the other has stopped');
  shut.open();
  await rejected;
  t.strictSame(lastTypes(plan, 1), ['ServerStopped']);
});

await test('a start that is called off ends what had begun, and lets go of its name', async (t) => {
  const plan = await planOf(t);
  const calledOff = new AbortController();
  const shut = gate();
  let isAsked = false;
  const starting = startChat({
    ...plan,
    signal: calledOff.signal,
    openStores: async () => {
      const stores = new FaultyStores(await plan.openStores(() => {}));
      stores.beforeRead(({ stream }) => {
        if (stream !== 'account:alice') return undefined;
        isAsked = true;
        return shut.opened;
      });
      return stores;
    },
  });
  await until(() => isAsked, { what: 'the demonstration accounts to be made', withinMs });
  calledOff.abort();
  const rejected = t.rejects(starting, { name: 'AbortError' });
  await until(() => lastTypes(plan, 1)[0] !== 'ServerStarted', { what: 'its end', withinMs });
  shut.open();
  await rejected;
  t.strictSame(lastTypes(plan, 1), ['ServerStopped']);
  const { leases } = await plan.openStores(() => {});
  t.equal((await leases.look(['north'])).held.has('north'), false);
});

interface TestPlan extends ChatPlan {
  readonly memory: MemoryLog;
}

async function planOf(t: Test): Promise<TestPlan> {
  const dir = t.testdir();
  const memory = new MemoryLog();
  return {
    memory,
    servers: [
      { name: 'north', host, port: 0 },
      { name: 'south', host, port: 0 },
    ],
    openStores: async () => openMemory({ log: memory }),
    certify: () => loadOrMakeCertificates({ dir }),
    tlsMin: 'TLSv1.3',
    web: { page: join(dir, 'page'), allowedOrigins: [] },
    registrationOpen: false,
    demo: true,
    messagesPerSecond: 1_000,
    log: pino({ level: 'silent' }),
  };
}

function lastTypes({ memory }: TestPlan, count: number): readonly string[] {
  const log = memory.partition(0);
  return log.read(log.head - count + 1, count).map(({ event }) => event.type);
}

function clientAt(port: number): ChatClient {
  return new ChatClient(connect({ host, port, rejectUnauthorized: false }));
}
