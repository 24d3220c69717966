import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { loadOrMakeSigningKey } from '../../adapters/audit/signing-key.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { accountStream } from '../../core/stream.ts';
import { Sealer } from '../../server/sealer.ts';
import { accountRegistered, commitTo, messagePosted } from '../support/events.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { runCli, startServe } from './cli-process.ts';

const dayMs = 86_400_000;
const old = 40;

await test('a log is archived, trimmed, and proved together with its archive', async (t) => {
  const cwd = t.testdir();
  const audit = (...args: string[]) => runCli(['audit', ...args], { cwd });
  await fill(join(cwd, 'data'));
  t.match(await audit('archive', 'early', '--retain', '90d'), {
    code: 0,
    stdout: `Wrote early/log-p0-1-${old + 1}.ndjson.gz.\n`,
  });
  t.match(await audit('archive', 'early', '--retain', '90d'), {
    code: 0,
    stdout: 'There is nothing so old that is not in the archive.\n',
  });
  t.match(await audit('archive', 'early'), { code: 2, stderr: /--retain says what is old/ });
  t.match(await audit('verify'), { code: 0 });

  const port = await freePort();
  const args = ['--port', String(port), '--retain', '90d', '--archive', 'kept'];
  await using serve = await startServe(args, { cwd });
  t.ok(serve);
  const bare = await until(
    async () => {
      const said = await audit('verify');
      return said.code !== 0 && said;
    },
    { what: 'the log to be trimmed', withinMs: 60_000 },
  );
  t.match(bare, { stderr: /begins at position 42: .* --archive/ });
  t.same(readdirSync(join(cwd, 'kept')), [`log-p0-1-${old + 1}.ndjson.gz`]);
  for (const folder of ['kept', 'early'])
    t.match(await audit('verify', '--archive', folder), { code: 0, stdout: /Whole/ });
  t.match(await audit('prove', '3', '--archive', 'kept'), { code: 0 });
  t.match(await runCli(['user', 'list'], { cwd }), { code: 0, stdout: 'alice\nbob\n' });
});

/** A log whose first records are a hundred days old; all of it is sealed. */
async function fill(dir: string): Promise<void> {
  let now = Date.now() - 100 * dayMs;
  const stores = await openLmdb({ dir, own: true, now: () => now });
  const { events } = stores;
  const writer = events.writer('filler', 1);
  for (const user of ['alice', 'bob'])
    await writer.append(commitTo(accountStream(user), accountRegistered(user)));
  for (let number = 2; number < old; number++)
    await writer.append(commitTo('room:lobby', messagePosted(String(number))));
  now = Date.now();
  await writer.append(commitTo('room:lobby', messagePosted('new')));
  const sealer = new Sealer(events, loadOrMakeSigningKey(join(dir, 'audit.key')), 'filler');
  await sealer.seal(0);
  await sealer.close();
  await stores.close();
}
