import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { freePort } from '../support/free-port.ts';
import { askerOf } from '../support/web-client.ts';
import { clientOf, runCli, startServe } from './cli-process.ts';

interface Told {
  readonly server: string;
  readonly positions: readonly number[];
  readonly sha256: string;
}

await test('the hash that a server tells of itself is the one that a replay tells of it', async (t) => {
  const cwd = t.testdir({});
  const ports = [await freePort(), await freePort()];
  const args = [
    ...ports.flatMap((port) => ['--port', String(port)]),
    '--partitions',
    '3',
    '--demo',
  ];
  await using serve = await startServe(args, { cwd });
  const addresses = [...serve.banner.matchAll(/https:\/\/localhost:(\d+)/g)];
  const webPorts = addresses.map(([, port]) => Number(port));
  t.equal(webPorts.length, 2);
  const [north = 0, south = 0] = ports;
  const alice = clientOf(t, north, cwd);
  alice.send('LOGIN alice password123');
  await alice.sees('SUCCESS: Welcome alice. You are in lobby.');
  const bob = clientOf(t, south, cwd);
  bob.send('LOGIN bob letmein', '/subscribe alice', '/join IITKGP');
  await bob.sees('SUCCESS: Joined IITKGP');
  const hashes = new Set<string>();
  for (const port of webPorts) {
    const asker = askerOf(port, readFileSync(join(cwd, 'certs', 'ca.crt')));
    const { body } = await asker('/state-hash');
    const { server, positions, sha256 } = JSON.parse(body) as Told;
    const moment = positions.join(',');
    const { stdout } = await runCli(['replay', '--at', moment, '--server', server], { cwd });
    const replayed = JSON.parse(stdout) as Pick<Told, 'sha256' | 'positions'>;
    t.strictSame(replayed.positions, positions);
    t.equal(replayed.sha256, sha256, server);
    hashes.add(sha256);
  }
  t.equal(hashes.size, 2, 'only bob’s server knows whom bob follows');
});
