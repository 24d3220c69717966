import { verify } from 'argon2';
import { test } from 'tap';
import { count, reportCount } from '../counts.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { type RedisCluster, startRedisCluster } from './cluster.ts';
import { elsewhere, greeting, loginOf, welcome } from './words.ts';

const loginsAtOnce = 20;

await test('of 20 logins of one user at the same moment, on two servers, exactly one wins', async (t) => {
  await using cluster = await startRedisCluster();
  const rounds = count('simultaneousLogins');
  for (let round = 1; round <= rounds; round++) {
    const people = await Promise.all(
      Array.from({ length: loginsAtOnce }, (_, number) => cluster.client(number % 2)),
    );
    for (const person of people) person.send(loginOf('alice'));
    const heard = await Promise.all(people.map((person) => nextLine(person)));
    const winners = people.filter((_, number) => heard[number] === welcome('alice'));
    const losers = people.filter((_, number) => heard[number] === elsewhere[0]);
    t.equal(winners.length, 1, `round ${round}: one is welcome`);
    t.equal(losers.length, loginsAtOnce - 1, `round ${round}: the others hear why not`);
    for (const loser of losers) await loser.reads(...elsewhere.slice(1));
    const sessions = await cluster.records('SessionOpened');
    t.equal(sessions.length, round, `round ${round}: the log has one session more`);
    for (const winner of winners) await logOut(winner, 'alice');
    for (const loser of losers) loser.vanish();
  }
  const won = (await cluster.records('SessionClosed')).length;
  t.equal(won, rounds);
  reportCount(t, 'simultaneousLogins', won);
});

await test('who has logged out on one server can log in on the other at once', async (t) => {
  await using cluster = await startRedisCluster();
  const moves = count('logoutThenLogin');
  let here = await cluster.login('bob', 0);
  for (let move = 1; move <= moves; move++) {
    const there = await cluster.client(move % 2);
    await logOut(here, 'bob');
    there.send(loginOf('bob'));
    await there.reads(welcome('bob'));
    here = there;
  }
  t.equal((await cluster.records('SessionOpened')).length, moves + 1);
  const moved = (await cluster.records('SessionClosed')).length;
  t.equal(moved, moves);
  reportCount(t, 'logoutThenLogin', moved);
});

for (const partitions of [1, 8]) {
  await test(`a takeover from the other server ends the first session, and nobody is gone (partitions: ${partitions})`, async (t) => {
    await using cluster = await startRedisCluster({ partitions });
    const bob = await cluster.login('bob', 1);
    let alice = await cluster.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    for (const server of [1, 0, 1]) {
      const next = await cluster.client(server);
      next.send(`${loginOf('alice')} TAKEOVER`);
      await next.reads(welcome('alice'));
      t.strictSame(await alice.closes(), ['ERROR: Session taken over from another connection.']);
      next.send('here I am');
      const { before } = await bob.seesMatching(/^\[lobby\] alice: here I am$/);
      if (partitions === 1) t.strictSame(before, [], 'one stays in the room');
      alice = next;
    }
    bob.send('/who');
    await bob.sees('In lobby: alice, bob');
    const opened = (await cluster.records('SessionOpened')).filter(isAlices);
    const closed = (await cluster.records('SessionClosed')).filter(isAlices);
    t.equal(opened.length - closed.length, 1, 'one session is open');
  });
}

await test('two registrations of one name at the same moment make one account, with the password of who got it', async (t) => {
  await using cluster = await startRedisCluster({ registration: 'open' });
  const rounds = count('simultaneousRegistrations');
  const before = await credentialsKept(cluster);
  for (let round = 1; round <= rounds; round++) {
    const user = `newcomer-${round}`;
    const [one, other] = [await cluster.client(0), await cluster.client(1)];
    one.send(`REGISTER ${user} secret-of-one`);
    other.send(`REGISTER ${user} secret-of-other`);
    const heard = [await nextLine(one), await nextLine(other)];
    const wins = heard[0] === `SUCCESS: Registered ${user}.`;
    const [winner, loser] = wins ? [one, other] : [other, one];
    const [right, wrong] = wins ? ['one', 'other'] : ['other', 'one'];
    t.strictSame(heard.toSorted(), [
      `ERROR: The name ${user} is taken.`,
      `SUCCESS: Registered ${user}.`,
    ]);
    await winner.reads(welcome(user));
    await loser.reads(greeting);
    const hash = await hashOf(cluster, user);
    t.ok(await verify(hash, `secret-of-${right}`));
    t.notOk(await verify(hash, `secret-of-${wrong}`));
    await logOut(winner, user);
    loser.send(`LOGIN ${user} secret-of-${right}`);
    await loser.reads(welcome(user));
    loser.vanish();
  }
  const kept = (await credentialsKept(cluster)) - before;
  t.equal(kept, rounds, 'no hash of a loser is kept');
  reportCount(t, 'simultaneousRegistrations', kept);
});

async function nextLine(client: ChatClient): Promise<string> {
  const { line } = await client.seesMatching(() => true, 'a line');
  return line;
}

async function logOut(client: ChatClient, user: string): Promise<void> {
  client.send('/logout');
  await client.sees(`SUCCESS: Goodbye ${user}.`);
}

/** The one hash that the log names for an account. */
async function hashOf(cluster: RedisCluster, user: string): Promise<string> {
  const records = (await cluster.log()).filter(({ stream }) => stream === `account:${user}`);
  const [registered, ...others] = records.map(({ meta }) => JSON.parse(meta) as AccountMeta);
  if (registered?.type !== 'AccountRegistered' || others.length > 0)
    throw new Error(`${user} has another history: ${JSON.stringify([registered, ...others])}`);
  const field = `${user}:${registered.data.credential}`;
  const stored = await cluster.redis.command('HGET', 'sc:{0}:credentials', field);
  if (typeof stored !== 'string') throw new Error(`nothing is stored for ${field}`);
  return (JSON.parse(stored) as { readonly hash: string }).hash;
}

interface AccountMeta {
  readonly type: string;
  readonly data: { readonly credential: string };
}

async function credentialsKept(cluster: RedisCluster): Promise<number> {
  return Number(await cluster.redis.command('HLEN', 'sc:{0}:credentials'));
}

function isAlices({ event }: { readonly event: { readonly user: string } }): boolean {
  return event.user === 'alice';
}
