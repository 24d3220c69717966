import { connect } from 'node:tls';
import pino from 'pino';
import { type Test, test } from 'tap';
import { WebSocket } from 'ws';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import { openRedis } from '../../adapters/redis/event-store.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import type { Stores } from '../../core/stores.ts';
import { type ChatPlan, type RunningChat, startChat } from '../../server/start.ts';
import { ChatClient } from '../support/chat-client.ts';
import { FrameClient } from '../support/frame-client.ts';
import { startRedis } from '../support/redis-process.ts';
import { until, within } from '../support/until.ts';
import { type Ask, askerOf, type WebAnswer } from '../support/web-client.ts';

const host = '127.0.0.1';
/** What is promised is a second; a busy machine gets another. */
const answersWithinMs = 2_000;
const wss = (origin: string): string => origin.replace('https:', 'wss:');
/** From when Redis can be reached. */
const backWithinMs = 5_000;

await test('a server whose Redis is paused, killed or full is not ready, and is again when that is over', async (t) => {
  await using redis = await startRedis();
  await using setting = await serve(t, () => openRedis({ url: redis.url }));
  await setting.answers('/readyz', 200, /^ready$/);
  await redis.pause();
  await setting.answers('/readyz', 503, /^The store (does not answer|is out of reach)\.$/);
  t.equal((await setting.ask('/healthz')).status, 200, 'the process lives');
  t.match((await setting.ask('/metrics')).body, /^securechat_ready{server="north"} 0$/m);
  redis.resume();
  await setting.answers('/readyz', 200, /^ready$/);
  await setting.talks('after the pause');
  await redis.kill9();
  await setting.answers('/readyz', 503, /^The (store|log) .*\.$/);
  await redis.restart();
  await setting.answers('/readyz', 200, /^ready$/);
  await setting.talks('after the restart');
  await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  await setting.answers('/readyz', 503, /^The store is full\.$/);
  await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  await setting.answers('/readyz', 200, /^ready$/);
  await setting.talks('after the want of room');
});

await test('a server whose Redis would lose what it is told says so, until somebody mends it', async (t) => {
  await using redis = await startRedis();
  await using setting = await serve(t, () => openRedis({ url: redis.url }));
  await setting.answers('/readyz', 200, /^ready$/);
  await redis.command('CONFIG', 'SET', 'appendonly', 'no');
  await setting.answers('/readyz', 503, /^The store would forget what it is given/);
  await redis.command('CONFIG', 'SET', 'appendonly', 'yes');
  await setting.answers('/readyz', 200, /^ready$/);
  await setting.talks('after the want of a file');
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await setting.answers('/readyz', 503, /^The store throws away what it was given/);
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await setting.answers('/readyz', 200, /^ready$/);
  await setting.talks('after the want of memory');
});

await test('the page may reach the other servers, for as long as they live', async (t) => {
  const log = new MemoryLog();
  await using south = await serve(t, async () => openMemory({ log }), 'south');
  const { web: north, stop } = await otherServer(t, log);
  const connectTo = async (): Promise<string> => {
    const policy = String((await south.ask('/')).headers['content-security-policy']);
    return /connect-src ([^;]*);/.exec(policy)?.[1] ?? '';
  };
  const both = [south.web, north].map(wss).toSorted().join(' ');
  await until(async () => (await connectTo()) === `'self' ${both}`, {
    what: 'both to be known',
    withinMs: 5_000,
  });
  await stop();
  await until(async () => (await connectTo()) === `'self' ${wss(south.web)}`, {
    what: 'the one that stopped to be forgotten',
    withinMs: 5_000,
  });
});

await test('pages of the chat talk to it by WebSocket, and no others do', async (t) => {
  const log = new MemoryLog();
  await using south = await serve(t, async () => openMemory({ log }), 'south');
  const url = `${wss(south.web)}/ws`;
  const open = (origin: string): Promise<FrameClient> => {
    const options = { origin, ca: south.ca };
    const client = new FrameClient(new WebSocket(url, 'securechat.v1', options));
    return client.sees('hello').then(() => client);
  };
  const bob = await open(south.web);
  const { servers } = await bob.login('bob', 'letmein');
  t.same(servers, [south.web]);
  const metrics = async (): Promise<string> => (await south.ask('/metrics')).body;
  t.match(await metrics(), /^securechat_connections{transport="websocket",server="south"} 1$/m);
  const underAnotherName = await open(`https://127.0.0.1:${new URL(south.web).port}`);
  underAnotherName.vanish();
  await until(
    async () =>
      /^securechat_connections{transport="websocket",server="south"} 1$/m.test(await metrics()),
    {
      what: 'the page under another name of the certificate to be gone',
      withinMs: 5_000,
    },
  );
  const headers = { origin: 'https://evil.example' };
  await t.rejects(open(headers.origin), { message: /closed before hello/ });
  t.match(await south.ask('/ws', { headers }), { status: 403, body: /--allowed-origin/ });
  t.match(
    await metrics(),
    /^securechat_connections_total{transport="websocket",server="south"} 2$/m,
  );
  await south.stop();
  t.match(await bob.ended, { reason: 'ServerStopping' });
});

await test('a server that stops is not there for browsers either, and says where it was in the log', async (t) => {
  const log = new MemoryLog();
  const { web, port, stop } = await otherServer(t, log);
  const started = log
    .partition(0)
    .read(1, 99)
    .find(({ event }) => event.type === 'ServerStarted');
  t.match(started?.event.data, { server: 'north', incarnation: 1, web });
  t.equal(web, `https://localhost:${port}`);
  await stop();
  await t.rejects(askerOf(port, Buffer.from(''))('/healthz'), { code: 'ECONNREFUSED' });
});

interface Setting extends AsyncDisposable {
  readonly web: string;
  readonly ask: Ask;
  readonly ca: Buffer;
  stop(): Promise<void>;
  /** Waits for this answer; each comes in time, whatever it is. */
  answers(path: string, status: number, body: RegExp): Promise<void>;
  /** A message makes its way into the log and back, at once. */
  talks(text: string): Promise<void>;
}

/** A chat server with a web side; alice is logged in. */
async function serve(t: Test, openStores: () => Promise<Stores>, name = 'north'): Promise<Setting> {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const chat = await startChat({ ...planFor(name, openStores), certify: async () => certificates });
  const { port, web = '' } = chat.servers[0] ?? { port: 0 };
  const ask = askerOf(Number(new URL(web).port), certificates.cert);
  const asked = (path: string): Promise<WebAnswer> =>
    within(ask(path), answersWithinMs, `an answer to ${path}`);
  const alice = new ChatClient(connect({ host, port, ca: certificates.cert }));
  alice.send('LOGIN alice password123', '/receipts on');
  await alice.sees('SUCCESS: Receipts on.');
  let stopping: Promise<void> | undefined;
  const setting: Setting = {
    web,
    ask,
    ca: certificates.cert,
    stop: () => (stopping ??= chat.stop()),
    async answers(path, status, body) {
      await until(
        async () => {
          const answer = await asked(path);
          return answer.status === status && body.test(answer.body.trim());
        },
        { what: `${path} to answer ${status}`, withinMs: backWithinMs },
      );
    },
    async talks(text) {
      alice.send(text);
      await within(alice.seesMatching(/^STORED lobby/), answersWithinMs, 'a receipt');
    },
    async [Symbol.asyncDispose]() {
      await setting.stop();
      alice.vanish();
    },
  };
  return setting;
}

/** A server called north, over a log in memory. */
async function otherServer(
  t: Test,
  log: MemoryLog,
): Promise<{ web: string; port: number; stop: () => Promise<void> }> {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const plan = planFor('north', async () => openMemory({ log }));
  const chat: RunningChat = await startChat({ ...plan, certify: async () => certificates });
  const { web = '' } = chat.servers[0] ?? {};
  return { web, port: Number(new URL(web).port), stop: () => chat.stop() };
}

function planFor(name: string, openStores: () => Promise<Stores>): Omit<ChatPlan, 'certify'> {
  return {
    servers: [{ name, host, port: 0, web: { port: 0 } }],
    openStores,
    tlsMin: 'TLSv1.3',
    web: { page: '/nowhere', allowedOrigins: [] },
    registrationOpen: false,
    demo: true,
    messagesPerSecond: 1_000,
    log: pino({ level: 'silent' }),
  };
}
