import { test } from 'tap';
import type { LogRecord } from '../checker/log-event.ts';
import { count, reportCount } from '../counts.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { until } from '../support/until.ts';
import { ofType, type RedisCluster, startRedisCluster } from './cluster.ts';
import { isAnswer, isStored, untrue } from './receipts.ts';
import { passes } from './time.ts';
import { loggedInAtLast } from './words.ts';

const servesAgainWithinMs = 10_000;
const outOfTouch = 'ERROR: This server was out of touch with the others. Log in again.';

await test('a server that was stopped for a while shows nothing that it still held, and serves again', async (t) => {
  await using cluster = await startRedisCluster({ messagesPerSecond: 1_000_000 });
  const seconds = count('serverPause');
  const alice = await cluster.login('alice', 0);
  const dave = await cluster.login('dave', 0);
  const bob = await cluster.login('bob', 1);
  await dave.sees('[lobby] Server: bob joined.');
  alice.send('/receipts on');
  await alice.sees('SUCCESS: Receipts on.');

  let sent = 0;
  for (const lines = count('linesUnderWay'); sent < lines; sent++) alice.send(`line ${sent + 1}`);
  await bob.sees('[lobby] alice: line 300');
  await cluster.process(0).pause();
  const pausedAt = performance.now();
  // This waits in the network until the server can read again.
  alice.send('said to a server that is stopped');
  dave.send('/join elsewhere', 'said elsewhere to a server that is stopped');

  const left = [await bob.seesMatching(/ left\.$/), await bob.seesMatching(/ left\.$/)];
  t.strictSame(left.map(({ line }) => line).toSorted(), [
    '[lobby] Server: alice left.',
    '[lobby] Server: dave left.',
  ]);
  const elsewhere = await cluster.login('alice', 1);
  await bob.reads('[lobby] Server: alice joined.');
  elsewhere.send('for those who are here');
  await bob.reads('[lobby] alice: for those who are here');
  await passes(seconds * 1_000 - (performance.now() - pausedAt));

  const pausedMs = performance.now() - pausedAt;
  cluster.process(0).resume();
  const toAlice = await alice.closes();
  const toDave = await dave.closes();
  t.equal(toAlice.at(-1), outOfTouch, 'alice is told why she is cut off');
  t.equal(toDave.at(-1), outOfTouch, 'and dave');
  const unseen = [...toAlice, ...toDave].filter((line) => line.includes('for those who are here'));
  t.strictSame(unseen, [], 'neither is shown what was said when they were gone');
  const again = await letInAgain(cluster);
  again.send('serving again');
  await bob.sees('[lobby] Server: dave joined.');
  await bob.reads('[lobby] dave: serving again');
  await elsewhere.sees('[lobby] dave: serving again');

  const log = await cluster.log();
  const [lost] = ofType(log, 'ServerLost');
  t.equal(ofType(log, 'ServerLost').length, 1, 'it was lost once');
  t.match(lost?.event, { server: 'server-0', incarnation: 1 }, 'as what it was');
  const end = lost?.position ?? 0;
  const late = log.filter((record) => isOfItsFirstLife(record) && record.position > end);
  t.strictSame(late, [], 'after its end the log has nothing of that incarnation');
  // Answers come in the order of the messages; the last line is no answer.
  const answered = toAlice
    .filter(isAnswer)
    .slice(0, -1)
    .map((answer, index) => ({ text: `line ${index + 1}`, answer }));
  t.strictSame(untrue(answered, log), [], 'each answer is true');
  t.comment(`${answered.filter(isStored).length} stored of ${answered.length} answered`);
  reportCount(t, 'linesUnderWay', sent);
  reportCount(t, 'serverPause', Math.round(pausedMs / 1_000));
});

/** Whoever comes before the server has begun anew is cut off with the others, and comes again. */
async function letInAgain(cluster: RedisCluster): Promise<ChatClient> {
  const come = async (): Promise<ChatClient> => {
    const client = await cluster.client(0);
    await loggedInAtLast(client, 'dave', servesAgainWithinMs / 4);
    return client;
  };
  return until(come, { what: 'dave to be let in', withinMs: servesAgainWithinMs });
}

function isOfItsFirstLife({ actor }: LogRecord): boolean {
  return actor.server === 'server-0' && actor.incarnation === 1;
}
