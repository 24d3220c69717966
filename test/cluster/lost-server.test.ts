import { type Test, test } from 'tap';
import { ofType, type RedisCluster, startRedisCluster } from './cluster.ts';
import { passes } from './time.ts';
import { elsewhere, loggedInAtLast, loginOf, welcome } from './words.ts';

/** What is promised: within 10 s of a server's death its users have left, and can log in. */
const leftWithinMs = 10_000;
/** Long enough that the link of whoever is stopped counts as broken, and no lease lapses. */
const hiccupMs = 1_500;
/** So long after the hiccup, each half a second before it looks, their links are about to count… */
const almostWholeMs = 7_500;
/** …and what they ask is answered to both at once after this, which no link breaks for. */
const heldUpMs = 900;
/** The others look for lost servers each second: whatever they would still do is done then. */
const quietMs = 3_000;
const victims = 5;
const attemptsMax = 4;

for (const partitions of [1, 8]) {
  await test(`users of a server killed with -9 leave within 10 s and log in elsewhere (partitions: ${partitions})`, async (t) => {
    await using cluster = await startRedisCluster({ partitions });
    await cluster.login('alice', 0);
    await cluster.login('dave', 0);
    const bob = await cluster.login('bob', 1);
    const eve = await cluster.login('eve', 1);
    await bob.reads('[lobby] Server: eve joined.');
    await cluster.process(0).kill9();
    const killedAt = performance.now();
    const sinceMs = (): number => Math.round(performance.now() - killedAt);

    // Whoever is in a hurry takes the session over, and is nobody who left.
    const alice = await cluster.client(1);
    alice.send(loginOf('alice'));
    await alice.reads(...elsewhere);
    alice.send(`${loginOf('alice')} TAKEOVER`);
    await alice.reads(welcome('alice'));
    t.ok(sinceMs() < leftWithinMs / 2, `alice took over at once: after ${sinceMs()} ms`);

    for (const member of [bob, eve, alice]) await member.reads('[lobby] Server: dave left.');
    const dave = await loggedInAtLast(await cluster.client(1), 'dave', leftWithinMs - sinceMs());
    t.ok(sinceMs() < leftWithinMs, `dave is back after ${sinceMs()} ms`);
    for (const member of [bob, eve, alice]) await member.reads('[lobby] Server: dave joined.');
    dave.send('back again');
    for (const member of [bob, eve, alice]) await member.reads('[lobby] dave: back again');

    await cluster.process(0).restart();
    const other = await cluster.client(0);
    other.send(loginOf('bob'));
    await other.reads(...elsewhere);
    for (const member of [bob, eve, alice, dave]) await member.seesNothing();
    const log = await cluster.log();
    t.equal(ofType(log, 'ServerLost').length, partitions, 'one end, in each partition');
    const closed = ofType(log, 'SessionClosed').map(({ event }) => event.user);
    t.strictSame(closed, ['alice'], 'and no other event for each session');
  });
}

await test('two servers that find others lost at the same moment end each of them once', async (t) => {
  // Whether both look before either has written is up to the machine: then it is tried again.
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const both = await loseAtOnce(t);
    if (both.length > 0) return t.comment(`both tried to end ${both.join()}, attempt ${attempt}`);
  }
  return t.fail('both observers tried to end the same one');
});

/** Both observers find the same servers lost. Answers which of them both tried to end. */
async function loseAtOnce(t: Test): Promise<readonly string[]> {
  await using cluster = await startRedisCluster({ servers: 0 });
  for (const _ of ['one', 'other']) await cluster.startServer({ args: ['--log-level', 'debug'] });
  const process = await cluster.start({
    redis: cluster.redis.url,
    name: 'victim',
    servers: victims,
  });
  const bob = await cluster.login('bob', 0);
  const eve = await cluster.login('eve', 1);
  await bob.reads('[lobby] Server: eve joined.');
  await cluster.login('alice', 2);
  await cluster.login('dave', 3);
  for (const member of [bob, eve])
    await member.reads('[lobby] Server: alice joined.', '[lobby] Server: dave joined.');
  await process.kill9();
  await hiccup(cluster, [0, 1]);
  await passes(almostWholeMs);
  await cluster.redis.pause();
  await passes(heldUpMs);
  cluster.redis.resume();

  const left = ['[lobby] Server: alice left.', '[lobby] Server: dave left.'];
  const seen = await Promise.all(
    [bob, eve].map(async (member) => {
      const lines = [await member.seesMatching(/ left\.$/), await member.seesMatching(/ left\.$/)];
      return lines.map(({ line }) => line);
    }),
  );
  t.strictSame(seen[0]?.toSorted(), left);
  t.strictSame(seen[1], seen[0], 'in one order everywhere');
  await passes(quietMs);
  await bob.seesNothing();
  await eve.seesNothing();
  const lost = (await cluster.records('ServerLost')).map(({ event }) => event.server);
  const names = process.ports.map((port) => `victim-${port}`);
  t.strictSame(lost.toSorted(), names.toSorted(), 'one event for each');
  const tried = [declared(cluster, 0), declared(cluster, 1)] as const;
  return tried[0].filter((server) => tried[1].includes(server));
}

/** Stops servers and lets them go on together: their links are whole again from one moment on. */
async function hiccup(cluster: RedisCluster, servers: readonly number[]): Promise<void> {
  const processes = servers.map((server) => cluster.process(server));
  for (const process of processes) await process.pause();
  await passes(hiccupMs);
  for (const process of processes) process.resume();
}

/** The servers that this one tried to end because it found them lost, whoever was first. */
function declared(cluster: RedisCluster, observer: number): readonly string[] {
  const lines = cluster.process(observer).output.stderr.split('\n');
  const tries = lines.filter((line) => line.includes('"declaring a server lost"'));
  return [
    ...new Set(tries.map((line) => (JSON.parse(line) as { readonly server: string }).server)),
  ];
}
