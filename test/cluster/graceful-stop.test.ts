import { test } from 'tap';
import { count, reportCount } from '../counts.ts';
import { type Cluster, ofType, startEmbeddedCluster, startRedisCluster } from './cluster.ts';
import { isAnswer, isStored, untrue } from './receipts.ts';
import { greeting, loginOf, welcome } from './words.ts';

const stopping = 'ERROR: This server is stopping. Connect again, or to another server.';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  await test(`${signal} ends a server of several: its clients are told, and the log in one event`, async (t) => {
    await using cluster = await startRedisCluster();
    const stranger = await cluster.client(0);
    const alice = await cluster.login('alice', 0);
    const dave = await cluster.login('dave', 0);
    const bob = await cluster.login('bob', 1);
    await alice.sees('[lobby] Server: bob joined.');
    await dave.sees('[lobby] Server: bob joined.');
    const { code } = await cluster.process(0).stop(signal);
    t.equal(code, 0, 'the exit code');
    for (const client of [stranger, alice, dave]) {
      t.strictSame(await client.closes(), [stopping], 'each client is told');
    }
    const left = [await bob.seesMatching(/^/), await bob.seesMatching(/^/)];
    t.strictSame(left.map(({ line }) => line).toSorted(), [
      '[lobby] Server: alice left.',
      '[lobby] Server: dave left.',
    ]);
    // Nobody has to wait for a lease.
    const again = await cluster.login('alice', 1);
    await bob.reads('[lobby] Server: alice joined.');
    await bob.seesNothing();
    await again.seesNothing();
    const log = await cluster.log();
    const ended = ofType(log, 'ServerStopped').map(({ event }) => event);
    t.match(ended, [{ server: 'server-0', incarnation: 1 }]);
    t.equal(ended.length, 1, 'one event');
    t.strictSame(ofType(log, 'ServerLost'), [], 'nobody was lost');
    t.strictSame(ofType(log, 'SessionClosed'), [], 'no event for each session');
  });
}

await test('a server that is stopped under load tells the truth of each message', async (t) => {
  await using cluster = await startRedisCluster({ messagesPerSecond: 1_000_000 });
  const bob = await cluster.login('bob', 1);
  const alice = await cluster.login('alice', 0);
  alice.send('/receipts on');
  await alice.reads('SUCCESS: Receipts on.');
  let sent = 0;
  for (const lines = count('linesUnderWay'); sent < lines; sent++) alice.send(`line ${sent + 1}`);
  await bob.sees('[lobby] alice: line 300');
  const { code } = await cluster.process(0).stop();
  t.equal(code, 0, 'the exit code');
  const heard = await alice.closes();
  const log = await cluster.log();
  const answers = heard
    .filter(isAnswer)
    .filter((line) => line !== stopping)
    .map((answer, index) => ({ text: `line ${index + 1}`, answer }));
  t.strictSame(untrue(answers, log), [], 'each answer is true');
  t.ok(heard.includes(stopping), 'and then she is told');
  const posted = ofType(log, 'MessagePosted').length;
  const stored = answers.filter(isStored).length;
  t.equal(stored, posted, 'whatever is stored is answered');
  const { before } = await bob.seesMatching(/^\[lobby\] Server: alice left\.$/);
  t.equal(before.length, posted - 300, 'whatever is stored is shown, before she leaves');
  reportCount(t, 'linesUnderWay', sent);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  await test(`${signal} ends a server while Redis does not answer, and the next start sees to the rest`, async (t) => {
    await using cluster = await startRedisCluster({ servers: 1 });
    const alice = await cluster.login('alice', 0);
    await cluster.redis.pause();
    const { code } = await cluster.process(0).stop(signal);
    const { stdout, stderr } = cluster.process(0).output;
    t.equal(code, 0, 'the exit code');
    t.match(
      stdout,
      /stopping …\nStopped, but the log was not told in time: .+\n$/,
      'it has a last line',
    );
    t.notMatch(stderr, 'securechat:', 'that is no failure');
    t.strictSame(await alice.closes(), [stopping]);
    cluster.redis.resume();
    await cluster.process(0).restart();
    await cluster.login('alice', 0);
    t.equal((await cluster.records('ServerLost')).length, 1);
  });
}

const clusters = {
  Redis: () => startRedisCluster({ registration: 'open' }),
  'the embedded store': () => startEmbeddedCluster(),
};

for (const [store, start] of Object.entries(clusters)) {
  await test(`after a stop and a second start everything is there, on ${store}`, async (t) => {
    await using cluster = await start();
    const processes = [...new Set([cluster.process(0), cluster.process(1)])];
    await prepare(cluster);
    for (const process of processes) t.equal((await process.stop()).code, 0);
    for (const process of processes) await process.restart();

    const carol = await cluster.client(0);
    carol.send('LOGIN carol changed-password');
    await carol.reads(welcome('carol'), '[DM] alice: for later', '[DM] alice: and this');
    carol.send('/subscriptions', '/join Attic', '/history', '/rooms');
    await carol.reads('Subscriptions: alice, bob', 'SUCCESS: Joined ATTIC');
    await carol.sees('Rooms: ATTIC');
    const bob = await cluster.client(1);
    bob.send('LOGIN carol first-password');
    await bob.reads('ERROR: Invalid credentials.', greeting);
    bob.send(loginOf('bob'));
    await bob.reads(welcome('bob'));
    bob.send('anybody?');
    await carol.reads('[Subbed] bob: anybody?');
    carol.send('/logout');
    await carol.reads('SUCCESS: Goodbye carol.');
    const later = await cluster.client(1);
    later.send('LOGIN carol changed-password');
    await later.reads(welcome('carol'));
    await later.seesNothing();
  });
}

/** An account, its password changed, subscriptions, a room, and messages for one who is away. */
async function prepare(cluster: Cluster): Promise<void> {
  const carol = await cluster.client(0);
  carol.send('REGISTER carol first-password');
  await carol.reads('SUCCESS: Registered carol.', welcome('carol'));
  carol.send('/passwd first-password changed-password', '/subscribe alice', '/subscribe bob');
  await carol.reads('SUCCESS: Password changed.', 'SUCCESS: Subscribed to alice');
  await carol.reads('SUCCESS: Subscribed to bob');
  carol.send('/join ATTIC', 'said in the attic');
  await carol.reads('SUCCESS: Joined ATTIC');
  carol.send('/logout');
  await carol.reads('SUCCESS: Goodbye carol.');
  const alice = await cluster.login('alice', 1);
  alice.send('/msg carol for later', '/msg carol and this');
  await alice.reads('SUCCESS: Sent to carol.', 'SUCCESS: Sent to carol.');
}
