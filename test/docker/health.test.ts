import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import pino from 'pino';
import { test } from 'tap';

import { listenForWeb } from '../../adapters/http/web-listener.ts';
import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { projectFolder } from './compose-file.ts';

const host = '127.0.0.1';
const check = join(projectFolder, 'docker', 'health.mjs');

/** The exit code of the health check for servers on these ports, and what it says. */
async function health(...ports: number[]): Promise<{ code: number; said: string }> {
  const env = { SECURECHAT_WEB_PORT: ports.join(',') };
  return promisify(execFile)(process.execPath, [check], { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, said: stdout }),
  );
}

await test('the health check passes where every server is ready, and says why one is not', async (t) => {
  const certificates = await loadOrMakeCertificates({ dir: t.testdir() });
  const reasons: string[] = [];
  const listen = () =>
    listenForWeb({
      host,
      port: 0,
      minVersion: 'TLSv1.3',
      page: '/nowhere',
      status: {
        whyNotReady: async () => reasons[0],
        metrics: async () => '',
        stateHash: () => undefined,
      },
      servers: () => [],
      allowedOrigins: [],
      log: pino({ level: 'silent' }),
    });
  const [one, other] = [await listen(), await listen()];
  t.teardown(() => Promise.all([one.stop(), other.stop()]));
  one.open(certificates);
  t.match(await health(one.port, other.port), { code: 1 }, 'the other one is starting');
  t.same(await health(one.port), { code: 0, said: `${one.port}: ready\n` });
  other.open(certificates);
  t.match(await health(one.port, other.port), { code: 0 });
  reasons.push('The store is out of reach.');
  t.same(await health(one.port), { code: 1, said: `${one.port}: The store is out of reach.\n` });
  one.close();
  t.match(await health(one.port), { code: 1, said: /ECONNREFUSED/ });
});

await test('the health check gives up on a server that hangs', async (t) => {
  const hanging = createServer(() => {}).listen(0, host);
  t.teardown(() => hanging.close());
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  t.match(await health(port), { code: 1, said: /no answer in two seconds/ });
});
