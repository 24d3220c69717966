import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';

import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { runCli } from '../cli/cli-process.ts';
import { directMessagePosted } from '../support/events.ts';
import { says, write, type Written } from '../support/memory-history.ts';
import { count, counts, reportCount } from '../counts.ts';
import { embeddedPlace, type ErasurePlace, type OpenPlace, redisPlace } from './erasure-place.ts';
import { bytesIn } from './file-bytes.ts';
import { recoveredTexts } from './recovered-texts.ts';

const childPath = fileURLToPath(new URL('./erasing-child.js', import.meta.url));
/** More steps an erasure does not have: a bound, should it never end. */
const stepsMax = 100;
/** So many are tried at a time. */
const atOnce = 3;
/** All steps are tried, or every so many. */
const stride = Math.ceil(counts.erasureKills.asked / count('erasureKills'));

const aliceSaid = ['the blue heron nests by the mill', 'only bob should know of the heron'];
const bobSaid = ['the kettle sings in the kitchen', 'and only alice hears it'];
const registered = (user: string): Written => ({
  stream: `account:${user}`,
  event: { type: 'AccountRegistered', data: { user, credential: 'a' } },
});
const story: readonly Written[] = [
  registered('alice'),
  says('alice', aliceSaid[0] ?? ''),
  says('bob', bobSaid[0] ?? ''),
  {
    stream: 'direct:alice:bob',
    event: directMessagePosted('alice', 'bob', aliceSaid[1] ?? '').event,
  },
  {
    stream: 'direct:alice:bob',
    event: directMessagePosted('bob', 'alice', bobSaid[1] ?? '').event,
  },
];

for (const [store, place] of [
  ['the embedded store', embeddedPlace],
  ['Redis', redisPlace],
] as const)
  await test(`an erasure on ${store} that is killed at any of its steps and then repeated ends erased, and takes nobody else’s text`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'securechat-erasure-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const whole = join(folder, 'whole');
    const written = await writeStory(whole, place);
    const masterFile = join(whole, 'master.key');
    const oldMaster = readFileSync(masterFile, 'utf8').trim();
    const before = recoveredTexts(written, masterFile);
    t.same(before, [...aliceSaid, ...bobSaid].toSorted(), 'before, the master key opens all');
    /** Whether there was such a step. */
    const killedAt = async (step: number): Promise<boolean> => {
      const dir = join(folder, String(step));
      cpSync(whole, dir, { recursive: true });
      await using copy = await place(dir);
      const wasKilled = (await erase(dir, copy, step)) === 'SIGKILL';
      // It lapses by itself, which would only take time.
      await rm(join(dir, 'master.key.lock'), { recursive: true, force: true });
      if (wasKilled) await t.test(`killed at step ${step}`, (u) => tellsOfIt(u, dir, copy));
      if (wasKilled)
        t.equal(await erase(dir, copy), 0, `killed at step ${step}, it can be repeated`);
      await t.test(`and then repeated`, (u) => isErased(u, dir, copy, oldMaster));
      return wasKilled;
    };
    let kills = 0;
    for (let killed = atOnce; killed === atOnce && kills < stepsMax; kills += killed) {
      const steps = Array.from({ length: atOnce }, (_, index) => (kills + index) * stride + 1);
      killed = (await Promise.all(steps.map(killedAt))).filter(Boolean).length;
    }
    t.ok(kills < stepsMax, 'it has an end');
    reportCount(t, 'erasureKills', kills);
  });

await test('of two erasures at once one waits for the other, and nobody else’s text is lost', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'securechat-erasures-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeStory(folder, embeddedPlace, [registered('dave'), registered('eve')]);
  const erasures = ['alice', 'dave', 'eve'].map((user) =>
    runCli(['user', 'erase', user, '--yes', '--data', folder], { cwd: folder }),
  );
  for (const { code, stderr } of await Promise.all(erasures)) t.equal(code, 0, stderr);
  const masterFile = join(folder, 'master.key');
  t.same(recoveredTexts(await bytesIn(folder), masterFile), bobSaid.toSorted());
});

/** Answers all that is then on the disk. */
async function writeStory(
  dir: string,
  place: OpenPlace,
  more: readonly Written[] = [],
): Promise<Buffer> {
  await using made = await place(dir);
  const master = { file: join(dir, 'master.key'), make: true };
  const stores = await sealStores(await made.open(), { master, seals: true });
  await write(stores.events, [...story, ...more], { now: 0 });
  await stores.credentials.put({ id: 'a', user: 'alice', hash: 'none', createdAt: 0 });
  await stores.close();
  return await made.bytes();
}

/** Answers the exit code, or the signal that ended it. */
async function erase(
  dir: string,
  { redis }: ErasurePlace,
  killedAtStep?: number,
): Promise<unknown> {
  const child = spawn(process.execPath, [childPath, dir, redis, String(killedAtStep ?? '')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

/** That somebody is to repeat it is known as soon as the log says that the user is erased. */
async function tellsOfIt(t: Test, dir: string, place: ErasurePlace): Promise<void> {
  const master = { file: join(dir, 'master.key'), make: false };
  const stores = await sealStores(await place.open(), { master, seals: true });
  const records = await stores.events.readAll(0, 1, 1_000);
  if (records.some(({ event }) => event.type === 'UserErased'))
    t.same(await stores.textKeys?.unfinishedErasures(), ['alice']);
  await stores.close();
}

async function isErased(
  t: Test,
  dir: string,
  place: ErasurePlace,
  oldMaster: string,
): Promise<void> {
  const masterFile = join(dir, 'master.key');
  const files = await place.bytes();
  for (const text of aliceSaid) t.equal(files.includes(text), false, `"${text}" is plain nowhere`);
  t.equal(files.includes(oldMaster), false, 'the old master key is nowhere');
  t.same(recoveredTexts(files, masterFile), bobSaid.toSorted(), 'nobody recovers what alice wrote');
  const master = { file: masterFile, make: false };
  const stores = await sealStores(await place.open(), { master, seals: true });
  const records = await stores.events.readAll(0, 1, 1_000);
  const texts = records.flatMap(({ event }) => ('text' in event ? [event.text] : []));
  t.same(texts, ['[erased]', bobSaid[0], '[erased]', bobSaid[1]]);
  const erasures = records.filter(({ event }) => event.type === 'UserErased');
  t.equal(erasures.length, 1, 'it is told once');
  t.equal(await stores.credentials.get('alice', 'a'), undefined);
  t.same(await stores.textKeys?.unfinishedErasures(), []);
  await stores.close();
}
