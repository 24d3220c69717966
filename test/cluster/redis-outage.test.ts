import { test } from 'tap';
import { until } from '../support/until.ts';
import { ofType, type RedisCluster, startRedisCluster } from './cluster.ts';
import { untrue } from './receipts.ts';
import { Talker } from './talker.ts';
import { passes } from './time.ts';
import { greeting, loginOf, welcome } from './words.ts';

/** What is promised to senders while Redis is away, and to everybody when it is back. */
const answeredMsMax = 3_000;
const backWithinMs = 5_000;
const outageMs = 6_000;
/** By then whoever would be declared lost for want of a lease has been. */
const judgedMs = 12_000;
const talksWithinMs = 20_000;

const outOfReach = 'ERROR: The chat is out of reach at the moment. Try again soon.';

const outages = {
  'is stopped for 6 s': {
    begin: ({ redis }: RedisCluster) => redis.pause(),
    end: async ({ redis }: RedisCluster) => redis.resume(),
  },
  'is killed and started again': {
    begin: ({ redis }: RedisCluster) => redis.kill9(),
    end: ({ redis }: RedisCluster) => redis.restart(),
  },
};

for (const [what, { begin, end }] of Object.entries(outages)) {
  await test(`when Redis ${what}, senders hear the truth, nobody is cut off, and nobody is lost`, async (t) => {
    await using cluster = await startRedisCluster({ appendfsync: 'always' });
    const eve = await cluster.client(0);
    const alice = new Talker('alice', await cluster.login('alice', 0));
    const bob = new Talker('bob', await cluster.login('bob', 1));
    const talking = Promise.all([alice.talks(), bob.talks()]);
    await conversation(alice, bob, talksWithinMs);

    await begin(cluster);
    const awayAt = performance.now();
    eve.send(loginOf('eve'));
    await eve.reads(outOfReach, greeting);
    await passes(outageMs - (performance.now() - awayAt));
    t.ok(alice.refused > 0 && bob.refused > 0, 'senders have heard of it');
    await end(cluster);
    const backAt = performance.now();
    await conversation(alice, bob, backWithinMs);
    t.comment(`talking again after ${Math.round(performance.now() - backAt)} ms`);
    eve.send(loginOf('eve'));
    await eve.reads(welcome('eve'));
    await passes(judgedMs);
    alice.stop();
    bob.stop();
    await talking;

    const log = await cluster.log();
    t.strictSame(ofType(log, 'ServerLost'), [], 'nobody is declared lost');
    t.equal(ofType(log, 'ServerStarted').length, 2, 'nobody begins anew');
    t.strictSame(ofType(log, 'SessionClosed'), [], 'nobody is logged out');
    for (const [speaker, listener] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const { answers, name } = speaker;
      t.strictSame(untrue(answers, log), [], `what ${name} was told is true`);
      const slowestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
      t.ok(slowestMs < answeredMsMax, `${name} was told within ${Math.round(slowestMs)} ms`);
      const posted = ofType(log, 'MessagePosted').filter(({ event }) => event.user === name);
      const texts = posted.map(({ event }) => event.text);
      t.strictSame(await listener.heardOf(speaker), texts, `${name} was heard, once and in order`);
      t.comment(`${name}: ${speaker.stored} stored, ${speaker.refused} not`);
    }
  });
}

/** From now on each of the two says something that is stored, and hears the other. */
async function conversation(one: Talker, other: Talker, withinMs: number): Promise<void> {
  const talkers = [one, other].map((talker) => ({
    talker,
    stored: talker.stored,
    heard: talker.heard.length,
  }));
  const both = (): boolean =>
    talkers.every(
      ({ talker, stored, heard }) => talker.stored > stored && talker.heard.length > heard + 1,
    );
  await until(both, { what: 'both to talk', withinMs });
}
