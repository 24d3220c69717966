import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createServer } from 'node:tls';
import type { Test } from 'tap';

import {
  certifyAuthority,
  certifyServer,
  makeKey,
} from '../../../adapters/tls/development-authority.ts';
import { freePort } from '../../support/free-port.ts';
import type { RedisProcess } from '../../support/redis-process.ts';

/** Ends TLS before a Redis, as its own TLS port would. */
export async function tlsFor(t: Test, redis: RedisProcess): Promise<{ ca: string; port: number }> {
  const [caKey, key] = [Buffer.from(makeKey()), Buffer.from(makeKey())];
  const ca = await certifyAuthority(caKey, Date.now());
  const authority = { key: caKey, certificate: new X509Certificate(ca) };
  const cert = await certifyServer({ key, names: ['localhost'] }, authority, Date.now());
  const server = createServer({ key, cert }, (socket) => {
    // What ends one side ends the other.
    pipeline(socket, connect(redis.port, '127.0.0.1'), socket).catch(() => undefined);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const port = await freePort();
  server.listen(port, 'localhost');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { ca, port };
}
