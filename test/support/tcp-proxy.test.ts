import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'tap';
import { startRedis } from './redis-process.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until, within } from './until.ts';

const withinMs = 5_000;
/** Long enough to be sure that nothing comes, where nothing can be waited for. */
const silenceMs = 200;

await test('what is sent passes both ways and is counted', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  await client.says('hello', 'echo hello');
  t.strictSame(setting.proxy.bytes, { toServer: 6, toClient: 11 });
  t.strictSame(setting.proxy.connections, { total: 1, open: 1 });
  client.socket.end();
  await until(() => setting.proxy.connections.open === 0, { what: 'the end to pass', withinMs });
  t.strictSame(setting.proxy.connections, { total: 1, open: 0 });
});

await test('much is sent to a slow reader without loss', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  const line = 'x'.repeat(1_000_000);
  client.socket.pause();
  for (let i = 0; i < 10; i++) client.socket.write(`${line}\n`);
  const { bytes } = setting.proxy;
  await until(() => bytes.toServer === 10 * (line.length + 1), {
    what: 'all to be sent',
    withinMs,
  });
  client.socket.resume();
  await until(() => client.received().length === 10 * (line.length + 6), {
    what: 'every byte',
    withinMs: 20_000,
  });
  t.pass();
});

await test('a black hole holds what is sent until it passes', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  setting.proxy.blackhole();
  await t.rejects(client.says('one', 'echo one', silenceMs));
  t.strictSame(setting.heard, [], 'it did not reach the server');
  setting.proxy.pass();
  await client.hears('echo one');
});

await test('a black hole to the client lets the server hear', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  setting.proxy.blackhole('toClient');
  client.socket.write('one\n');
  await until(() => setting.heard.includes('one'), { what: 'the server to hear', withinMs });
  await t.rejects(client.hears('echo one', silenceMs));
  setting.proxy.pass();
  await client.hears('echo one');
});

await test('a black hole to the server lets the client hear', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  setting.proxy.blackhole('toServer');
  client.socket.write('one\n');
  setting.say('news\n');
  await client.hears('news');
  t.strictSame(setting.heard, []);
});

await test('a client that dies in a black hole leaves the server with half a connection', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  setting.proxy.blackhole();
  client.socket.resetAndDestroy();
  await t.rejects(
    until(() => setting.open() === 0, { what: 'the server to notice', withinMs: silenceMs }),
  );
  setting.proxy.pass();
  await until(() => setting.open() === 0, { what: 'the server to notice', withinMs });
});

await test('a reset reaches both sides, and new connections pass', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  await client.says('one', 'echo one');
  setting.proxy.reset();
  t.equal(await client.error(), 'ECONNRESET');
  await until(() => setting.open() === 0, { what: 'the server to be reset', withinMs });
  const next = await setting.join();
  await next.says('two', 'echo two');
});

await test('connections are refused until they are accepted again', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  for (let round = 1; round <= 3; round++) {
    setting.proxy.refuse();
    await t.rejects(setting.join(), { code: 'ECONNREFUSED' });
    await client.says(`still here ${round}`, `echo still here ${round}`);
    await setting.proxy.accept();
    const next = await setting.join();
    await next.says('two', 'echo two');
  }
});

await test('so many replies are dropped, each with its connection', async (t) => {
  await using setting = await startSetting();
  setting.proxy.dropReplies(2);
  for (const word of ['one', 'two']) {
    const client = await setting.join();
    client.socket.write(`${word}\n`);
    t.equal(await client.error(), 'ECONNRESET');
    t.equal(client.received(), '');
  }
  t.strictSame(setting.heard, ['one', 'two'], 'the server did what it was asked');
  t.equal(setting.proxy.dropped, 2);
  const client = await setting.join();
  await client.says('three', 'echo three');
});

await test('a reply is cut in its middle, and the server keeps its side', async (t) => {
  await using setting = await startSetting();
  const client = await setting.join();
  setting.proxy.cutBetween(1, 7);
  client.socket.write('one\n');
  // Node tells of a reset that comes right after bytes as an end.
  await client.error();
  t.equal(client.received(), 'echo on');
  t.equal(setting.open(), 1, 'half a connection is left');
  t.strictSame(setting.proxy.connections, { total: 1, open: 0 });
  const next = await setting.join();
  await next.says('two', 'echo two');
  t.equal(setting.open(), 2);
  setting.proxy.pass();
  await until(() => setting.open() === 1, { what: 'the half connection to end', withinMs });
  await next.says('three', 'echo three');
});

await test('the reply to one command of Redis is dropped after the command ran', async (t) => {
  await using redis = await startRedis();
  await using proxy = await startTcpProxy(redis.port);
  proxy.dropReplies((_reply, request) => request.includes('XADD'));
  const client = await joined(proxy.port);
  await client.says('PING', '+PONG');
  client.socket.write('XADD log 1-0 text hello\r\n');
  t.equal(await client.error(), 'ECONNRESET');
  t.equal(client.received(), '+PONG\r\n');
  t.equal(await redis.command('XLEN', 'log'), 1);
});

interface Client {
  readonly socket: Socket;
  received(): string;
  /** Waits for the connection's end, and tells the code of its error. */
  error(): Promise<string | undefined>;
  hears(text: string, ms?: number): Promise<void>;
  says(line: string, answer: string, ms?: number): Promise<void>;
}

interface Setting extends AsyncDisposable {
  readonly proxy: TcpProxy;
  /** The lines that the server has read. */
  readonly heard: readonly string[];
  /** How many connections the server has. */
  open(): number;
  /** Sends a text to every client. */
  say(text: string): void;
  join(): Promise<Client>;
}

/** A server that answers each line with an echo, behind a proxy. */
async function startSetting(): Promise<Setting> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      heard.push(...lines);
      for (const line of lines) socket.write(`echo ${line}\n`);
    });
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const proxy = await startTcpProxy(address.port);
  return {
    proxy,
    heard,
    open: () => sockets.size,
    say: (text) => sockets.forEach((socket) => socket.write(text)),
    join: async () => {
      const before = accepted;
      const client = await joined(proxy.port);
      await until(() => accepted > before, { what: 'the server to accept', withinMs });
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

async function joined(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
  await within(once(socket, 'connect'), withinMs, 'a connection');
  let failure: NodeJS.ErrnoException | undefined;
  socket.on('error', (error) => (failure = error));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const hears = async (wanted: string, ms = withinMs): Promise<void> => {
    await until(() => text.includes(wanted), { what: `"${wanted}"`, withinMs: ms });
  };
  return {
    socket,
    received: () => text,
    hears,
    says: async (line, answer, ms) => {
      socket.write(`${line}\n`);
      await hears(answer, ms);
    },
    error: async () => {
      await within(closed, withinMs, 'the connection to end');
      return failure?.code;
    },
  };
}
