import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer, type TLSSocket } from 'node:tls';
import { type Test, test } from 'tap';

import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { HistoryList } from '../checker/history.ts';
import { freePort } from '../support/free-port.ts';
import { BusyClient } from './under-faults/busy-client.ts';
import { Random } from './under-faults/random.ts';
import { Scores } from './under-faults/scores.ts';

const outOfReach = 'ERROR: The chat is out of reach at the moment. Try again soon.';
const registered = 'SUCCESS: Registered busy.\nSUCCESS: Welcome busy. You are in lobby.';

await test('a client registers as soon as the store is in reach again', async (t) => {
  const { client, scores } = await clientOf(t, [outOfReach, outOfReach, registered]);
  await client.register();
  t.strictSame(scores.progress.errors, { [outOfReach]: 2 });
  t.same(scores.progress.oddities, []);
});

await test('a client that is refused for another reason gives up', async (t) => {
  const taken = 'ERROR: The name busy is taken.';
  const { client } = await clientOf(t, [outOfReach, taken, registered]);
  await t.rejects(client.register(), { message: `not registered: ${taken}` });
});

/** A client of a server that answers registrations with these, one after the other. */
async function clientOf(
  t: Test,
  answers: readonly string[],
): Promise<{ readonly client: BusyClient; readonly scores: Scores }> {
  const dir = mkdtempSync(join(tmpdir(), 'securechat-busy-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  await loadOrMakeCertificates({ dir });
  const read = (name: string): Buffer => readFileSync(join(dir, name));
  const left = [...answers];
  const server = createServer({ key: read('server.key'), cert: read('server.crt') }, (socket) =>
    serve(socket, left),
  );
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const scores = new Scores();
  const ca = 'ca.crt';
  const rates = { messagesPerSecond: 1, longTexts: 0, slowReaders: 0 };
  const plan = { seed: 1, clients: 1, ports: [port], ca, dir, rooms: ['lobby'], ...rates };
  const talker = { name: 'busy', everybody: ['busy'], random: new Random(1), isSlow: false };
  const history = new HistoryList('busy');
  return { client: new BusyClient({ ...talker, plan, scores, ca: read(ca), history }), scores };
}

function serve(socket: TLSSocket, left: string[]): void {
  // The client breaks connections off.
  socket.on('error', () => socket.destroy());
  socket.write('AUTH_REQUIRED: LOGIN <user> <pass>\n');
  createInterface({ input: socket }).on('line', (line) => {
    if (line.startsWith('REGISTER ')) socket.write(`${left.shift() ?? outOfReach}\n`);
    else socket.end('SUCCESS: Goodbye busy.\n');
  });
}
