import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { test } from 'tap';

import { listenForLines } from '../../adapters/line/line-listener.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { startHarness } from '../support/chat-harness.ts';
import { projectFolder } from './compose-file.ts';

const host = '127.0.0.1';
const check = join(projectFolder, 'docker', 'health.mjs');

/** What the health check says of a server of these certificates. */
async function isHealthy(port: number, certs: string): Promise<boolean> {
  const env = { SECURECHAT_PORT: String(port), SECURECHAT_CERTS: certs };
  return promisify(execFile)(process.execPath, [check], { env }).then(
    () => true,
    () => false,
  );
}

await test('the health check passes where a server serves, and not because its port is taken', async (t) => {
  const dir = t.testdir();
  const certificates = await loadOrMakeCertificates({ dir });
  await using chat = await startHarness({ servers: 1 });
  const listener = await listenForLines({ host, port: 0, minVersion: 'TLSv1.3' });
  t.teardown(() => listener.close());
  const { port } = listener;
  t.equal(await isHealthy(port, dir), false, 'it has its port, and is starting');
  listener.open(certificates, chat.server(0).accept);
  t.equal(await isHealthy(port, dir), true, 'it serves');
  listener.close();
  t.equal(await isHealthy(port, dir), false, 'it has stopped');
});

await test('the health check gives up on a server that hangs', async (t) => {
  const dir = t.testdir();
  await loadOrMakeCertificates({ dir });
  const hanging = createServer(() => {}).listen(0, host);
  t.teardown(() => hanging.close());
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  t.equal(await isHealthy(port, dir), false);
});
