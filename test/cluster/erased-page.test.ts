import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';

import { masterKeysText, newMasterKey } from '../../adapters/sealing/master-keys.ts';
import { runCli } from '../cli/cli-process.ts';
import { startBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { startRedisCluster } from './cluster.ts';
import { Visitor } from './web-page/visitor.ts';

const withinMs = 30_000;
const said = 'the blue heron nests by the mill';
const privately = 'only bob should know of the heron';
const erased = '[erased]';

await test('of an erased user a page that shows their words drops them, and has none when it is loaded again', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-page-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const masterFile = join(dir, 'master.key');
  await writeFile(masterFile, masterKeysText([newMasterKey()]), { mode: 0o600 });
  const args = ['--master-key-file', masterFile];
  await using cluster = await startRedisCluster({ servers: 0 });
  const port = await freePort();
  await cluster.startServer({ args, webPorts: [port] });
  await using browser = await startBrowser();
  await using bob = await Visitor.arrive('bob', browser, `https://localhost:${port}/`);
  await bob.enter('letmein');
  await bob.isIn();
  await bob.open('lobby');
  const alice = await cluster.login('alice', 0);
  alice.send(said, `/msg bob ${privately}`);
  await bob.shows(said);
  await bob.open('alice');
  await bob.shows(privately);
  const env = { REDIS_URL: cluster.redis.url };
  const end = await runCli(['user', 'erase', 'alice', '--yes', ...args], { cwd: dir, env });
  t.equal(end.code, 0, end.stderr);
  const showsNone = async (): Promise<void> => {
    await bob.shows(erased);
    const isGone = async (): Promise<boolean> => {
      const page = await bob.page.evaluate<string>('document.documentElement.outerHTML');
      return !page.includes(said) && !page.includes(privately);
    };
    await until(isGone, { what: 'the words to be gone from the page', withinMs });
  };
  await showsNone();
  await bob.open('lobby');
  await showsNone();
  await bob.page.reload();
  await bob.isIn();
  await bob.open('lobby');
  await showsNone();
  await bob.open('alice');
  await showsNone();
  const kept = await bob.page.evaluate<string>(
    'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])',
  );
  for (const text of [said, privately]) t.notMatch(kept, text);
  t.same(bob.complaints, []);
});
