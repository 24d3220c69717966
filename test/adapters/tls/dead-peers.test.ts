import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { platform } from 'node:process';
import { test } from 'tap';

import { DeadPeers, nameInTable, unacknowledgedMsMax } from '../../../adapters/tls/dead-peers.ts';

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (remote: string, resent: string): string =>
  `   0: 0100007F:04C6 ${remote} 01 00000040:00000000 01:00000019 ${resent}     0        0 1 1 0`;
const six = (remote: string, resent: string): string =>
  `   1: 0000000000000000FFFF00000100007F:04C6 ${remote} 01 00000040:00000000 01:00000019 ${resent} 0`;
const table = (...rows: string[]): string => [header, ...rows, ''].join('\n');
const port = 1222;
const peer = '0A0200C0:D431';
const name = '192.0.2.10 54321';

await test('who acknowledges nothing for a minute is found, and no sooner', async (t) => {
  const peers = new DeadPeers();
  t.same(peers.look(table(row(peer, '00000003')), port, 1_000), []);
  t.same(peers.look(table(row(peer, '00000007')), port, 1_000 + unacknowledgedMsMax - 1), []);
  t.same(peers.look(table(row(peer, '00000008')), port, 1_000 + unacknowledgedMsMax), [name]);
});

await test('who acknowledges meanwhile, or was never sent anything again, is not', async (t) => {
  const peers = new DeadPeers();
  peers.look(table(row(peer, '00000003')), port, 0);
  peers.look(table(row(peer, '00000000')), port, 30_000);
  t.same(peers.look(table(row(peer, '00000001')), port, unacknowledgedMsMax), []);
  t.same(peers.look(table(row(peer, '00000001')), 1_223, 5 * unacknowledgedMsMax), []);
});

await test('addresses of version 6, and of version 4 in them, are the same as Node’s', async (t) => {
  const peers = new DeadPeers();
  const tables = table(
    six('B80D0120000000000000000001000000:D431', '00000001'),
    six('0000000000000000FFFF00000A0200C0:D432', '00000001'),
  );
  peers.look(tables, port, 0);
  t.same(peers.look(tables, port, unacknowledgedMsMax), [
    nameInTable({ remoteAddress: '2001:db8::1', remotePort: 54_321 }),
    nameInTable({ remoteAddress: '::ffff:192.0.2.10', remotePort: 54_322 }),
  ]);
});

await test('the kernel’s own table names a connection as Node does', async (t) => {
  if (platform !== 'linux') return t.comment('only Linux has such a table');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  const client = connect(own, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  // As though it had been sent again.
  const real = readFileSync('/proc/net/tcp', 'utf8').replace(
    /^(\s*\d+: \S+ \S+ \S+ \S+ \S+) \S+/gm,
    '$1 00000001',
  );
  const peers = new DeadPeers();
  peers.look(real, own, 0);
  t.ok(peers.look(real, own, unacknowledgedMsMax).includes(nameInTable(socket)));
  client.destroy();
  socket.destroy();
  server.close();
});
