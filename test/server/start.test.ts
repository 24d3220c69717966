import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:tls';
import pino from 'pino';
import { type Test, test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { type ChatPlan, demoAccounts, startChat } from '../../server/start.ts';
import { ChatClient } from '../support/chat-client.ts';

const host = '127.0.0.1';
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
  await t.rejects(startChat({ ...plan, servers: [taken] }), { code: 'EADDRINUSE' });
  t.equal(plan.memory.partition(0).head, 1, 'the log is as it was made');
  if (first === undefined) throw new Error('the plan has servers');
  await t.rejects(startChat({ ...plan, servers: [first, taken] }), { code: 'EADDRINUSE' });
  const records = plan.memory.partition(0).read(1, 99);
  t.equal(records.at(-1)?.event.type, 'ServerStopped', 'the one that had started stopped again');
  other.close();
});

interface TestPlan extends ChatPlan {
  readonly memory: MemoryLog;
}

async function planOf(t: Test): Promise<TestPlan> {
  const { cert, key } = await loadOrMakeCertificates({ dir: t.testdir() });
  const memory = new MemoryLog();
  return {
    memory,
    servers: [
      { name: 'north', host, port: 0 },
      { name: 'south', host, port: 0 },
    ],
    openStores: async () => openMemory({ log: memory }),
    tls: { cert, key, minVersion: 'TLSv1.3' },
    registrationOpen: false,
    demo: true,
    messagesPerSecond: 1_000,
    log: pino({ level: 'silent' }),
  };
}

function clientAt(port: number): ChatClient {
  return new ChatClient(connect({ host, port, rejectUnauthorized: false }));
}
