import { test } from 'tap';

import { parseRange } from '../../../adapters/address-range.ts';
import { listen } from './listening.ts';

await test('the process says that it lives, and the server whether it is of use', async (t) => {
  let reason: string | undefined = 'Redis is away.';
  const status = {
    whyNotReady: async () => reason,
    metrics: async () => 'sessions 3\n',
    stateHash: () => '{}',
  };
  await using web = await listen(t, { status });
  t.match(await web.ask('/healthz'), { status: 200, body: 'ok\n' });
  t.match(await web.ask('/readyz'), { status: 503, body: 'Redis is away.\n' });
  reason = undefined;
  t.match(await web.ask('/readyz'), {
    status: 200,
    body: 'ready\n',
    headers: { 'cache-control': 'no-store' },
  });
});

await test('metrics are read by this machine, unless through a proxy, and by whom the operator names', async (t) => {
  const status = {
    whyNotReady: async () => undefined,
    metrics: async () => 'sessions 3\n',
    stateHash: () => '{}',
  };
  await using web = await listen(t, { status });
  t.match(await web.ask('/metrics'), {
    status: 200,
    body: 'sessions 3\n',
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
  for (const header of ['forwarded', 'x-forwarded-for', 'via']) {
    const proxied = await web.ask('/metrics', { headers: { [header]: '192.0.2.1' } });
    t.match(proxied, { status: 403, body: /^Metrics are for this machine only\./ });
  }
  const metricsReaders = ['127.0.0.2/32', '10.0.0.0/8'].flatMap((text) => parseRange(text) ?? []);
  await using other = await listen(t, { status, metricsReaders });
  t.equal((await other.ask('/metrics')).status, 403);
  t.equal((await other.ask('/metrics', { localAddress: '127.0.0.2' })).status, 200);
});

await test('the hash of the state is read by whom the metrics are for, once there is one', async (t) => {
  const told: string[] = [];
  const status = {
    whyNotReady: async () => undefined,
    metrics: async () => '',
    stateHash: () => told[0],
  };
  await using web = await listen(t, { status });
  t.equal((await web.ask('/state-hash')).status, 503);
  told.push('{"sha256":"abc"}');
  t.match(await web.ask('/state-hash'), { status: 200, body: told[0] });
  t.equal((await web.ask('/state-hash', { headers: { via: '192.0.2.1' } })).status, 403);
});
