import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { test } from 'tap';

import { listenForLines } from '../../../adapters/line/line-listener.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';
import { dialTls } from '../../../cli/terminal/line-link.ts';
import { ChatClient } from '../../support/chat-client.ts';
import { startHarness } from '../../support/chat-harness.ts';
import { until } from '../../support/until.ts';

const host = '127.0.0.1';
const withinMs = 5_000;
/** After how long a silence TCP asks whether the other side is still there. */
const keepAliveMs = 30_000;

await test('TCP asks, at both ends, whether a silent line connection is still whole', async (t) => {
  const { certFile, cert, key } = await loadOrMakeCertificates({ dir: t.testdir() });
  await using chat = await startHarness({ servers: 1 });
  const listener = await listenForLines({ host, port: 0, minVersion: 'TLSv1.3' });
  t.teardown(() => listener.close());
  listener.open({ cert, key }, chat.server(0).accept);
  const { port } = listener;
  const socket = (await dialTls(
    { host, port },
    { authorities: cert.toString(), source: certFile },
  )) as TLSSocket;
  t.teardown(() => socket.destroy());
  await new ChatClient(socket).reads('AUTH_REQUIRED: LOGIN <user> <pass>');
  if (process.platform !== 'linux') {
    t.pass('only Linux shows the timers of its connections');
    return;
  }
  const ends = [
    [port, socket.localPort],
    [socket.localPort, port],
  ] as const;
  for (const [near = 0, far = 0] of ends) {
    // While something is unacknowledged another timer is shown.
    const ms = await until(() => keepAliveTimerMs(near, far), { what: 'a timer', withinMs });
    t.ok(ms > 0 && ms <= keepAliveMs, `${ms} ms`);
  }
});

/** When the kernel will ask over the connection from one local port to another, if it will. */
function keepAliveTimerMs(near: number, far: number): number | undefined {
  const [, ...rows] = readFileSync('/proc/net/tcp', 'utf8').trimEnd().split('\n');
  for (const row of rows) {
    // proc(5): sl, local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when, …
    const [, local = '', remote = '', , , timer = ''] = row.trim().split(/\s+/);
    if (portOf(local) !== near || portOf(remote) !== far) continue;
    const [kind, when = ''] = timer.split(':');
    // 02 is the timer that keeps alive; it is in hundredths of a second.
    return kind === '02' ? Number.parseInt(when, 16) * 10 : undefined;
  }
  return undefined;
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16);
}
