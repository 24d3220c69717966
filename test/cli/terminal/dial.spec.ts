import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { test } from 'tap';

import {
  certifyAuthority,
  certifyServer,
  makeKey,
} from '../../../adapters/tls/development-authority.ts';
import { invocation } from '../../../cli/invocation.ts';
import { dialTls } from '../../../cli/terminal/line-link.ts';
import { findTrust, type Trust } from '../../../cli/terminal/trust.ts';
import { freePort } from '../../support/free-port.ts';

const dayMs = 86_400_000;

interface Served {
  readonly names?: readonly string[];
  /** When its certificate was made, in days from now. */
  readonly madeInDays?: number;
}

/** A TLS server with a certificate of its own, and its authority. */
async function serving({ names = ['localhost'], madeInDays = 0 }: Served = {}) {
  const [key, authorityKey] = [Buffer.from(makeKey()), Buffer.from(makeKey())];
  const authorities = await certifyAuthority(authorityKey, Date.now() - 1_500 * dayMs);
  const authority = { key: authorityKey, certificate: new X509Certificate(authorities) };
  const now = Date.now() + madeInDays * dayMs;
  const cert = await certifyServer({ key, names }, authority, now);
  const server = createServer({ key, cert }, (socket) => socket.end('hello\n'));
  return { trust: { authorities, source: 'test' }, ...(await listening(server)) };
}

async function listening(server: Server) {
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const end = async (): Promise<void> => {
    server.close();
  };
  return { port, [Symbol.asyncDispose]: end };
}

const nobodys: Trust = { authorities: undefined, source: 'test' };

async function failure(port: number, trust: Trust, host = 'localhost') {
  try {
    const socket = await dialTls({ host, port }, trust);
    socket.destroy();
    return { message: 'connected', mayPass: true };
  } catch (error) {
    return error as { readonly message: string; readonly mayPass: boolean };
  }
}

await test('a server that an authority vouches for is connected to', async (t) => {
  await using server = await serving();
  const socket = await dialTls({ host: 'localhost', port: server.port }, server.trust);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  t.equal(chunk.toString(), 'hello\n');
  socket.destroy();
});

await test('an address is verified as well as a name', async (t) => {
  await using server = await serving({ names: ['127.0.0.1'] });
  t.match(await failure(server.port, server.trust, '127.0.0.1'), { message: 'connected' });
  t.match(await failure(server.port, server.trust), { mayPass: false });
});

await test('another authority, another name, another time: each refused, each with its reason', async (t) => {
  await using one = await serving();
  await using other = await serving();
  const untrusted = await failure(one.port, other.trust);
  t.match(untrusted, {
    mayPass: false,
    message: /^Not connected to localhost:\d+: nobody in test /,
  });
  t.match(untrusted.message, `\n  ${invocation()} connect … --ca ca.crt`);
  t.match(await failure(one.port, nobodys), { mayPass: false, message: /nobody in test/ });
  await using named = await serving({ names: ['chat.example'] });
  t.match(await failure(named.port, named.trust), {
    mayPass: false,
    message: /its certificate is not for the name localhost\.$/,
  });
  await using ended = await serving({ madeInDays: -1_000 });
  t.match(await failure(ended.port, ended.trust), {
    mayPass: false,
    message: /its certificate has expired\.$/,
  });
  await using early = await serving({ madeInDays: 10 });
  t.match(await failure(early.port, early.trust), {
    mayPass: false,
    message: /is not valid yet .*clock/,
  });
});

await test('where there is no server it may come yet; where another speaks, it will not', async (t) => {
  t.match(await failure(await freePort(), nobodys), { mayPass: true, message: /^Nobody listens/ });
  await using plain = await listening(createPlainServer((socket) => socket.end('220 ready\r\n')));
  t.match(await failure(plain.port, nobodys), { mayPass: false, message: /does not speak TLS/ });
  await using rude = await listening(createPlainServer((socket) => socket.destroy()));
  t.match(await failure(rude.port, nobodys), { mayPass: true, message: /cut the connection off/ });
  t.match(await failure(1, nobodys, 'no-such-host.invalid'), {
    mayPass: true,
    message: /There is no host|cannot be looked up/,
  });
});

await test("the named file is believed, else the folder's authority, else the system's", (t) => {
  const pem = '-----BEGIN CERTIFICATE-----\n';
  const folder = t.testdir({ 'my.crt': `mine ${pem}`, certs: {}, empty: '' });
  t.equal(findTrust(undefined, folder).source, "this system's authorities");
  writeFileSync(join(folder, 'certs', 'ca.crt'), pem);
  t.strictSame(findTrust(undefined, folder), { authorities: pem, source: 'certs/ca.crt' });
  t.match(findTrust(join(folder, 'my.crt'), folder), { authorities: `mine ${pem}` });
  t.throws(() => findTrust(join(folder, 'none.crt'), folder), {
    message: /cannot be read: no such/,
  });
  t.throws(() => findTrust(join(folder, 'empty'), folder), { message: /There is no certificate/ });
  t.end();
});
