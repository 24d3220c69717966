import { test } from 'tap';

import { scripts } from '../../../adapters/redis/scripts.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { Journal } from './journal.ts';
import { allRecords, opened, proxyFor, redisFor } from './opened.ts';

const writer = 'sc:{0}:writer:a';

type Held = Readonly<Record<string, string | number>>;

const own = { incarnation: 5, token: 'own', answer: 'A7 1' };

/** What the writer's key holds, the number of the batch in doubt, and the answer. */
const cases: Readonly<Record<string, readonly [Held, number, string]>> = {
  ran: [{ ...own, number: 3 }, 3, '=A7 1'],
  'did not run': [{ ...own, number: 3 }, 4, 'void'],
  'was voided before': [{ ...own, number: 3, answer: 'void' }, 3, 'void'],
  'was the first one ever': [{}, 1, 'void'],
  'was a first one after a lower incarnation': [{ ...own, incarnation: 4, token: 'x' }, 1, 'void'],
  'belongs to a key that is gone': [{}, 4, 'void'],
  'ran before the incarnation ended': [{ ...own, number: 3, ended: 5 }, 3, '=A7 1'],
  'came after the incarnation ended': [{ ...own, number: 3, ended: 5 }, 4, '!fenced'],
  'came when a lower one has ended': [{ ...own, number: 3, ended: 4 }, 4, 'void'],
  'lost its name to a higher incarnation': [
    { ...own, incarnation: 6, token: 'x', number: 1 },
    4,
    '!taken x',
  ],
  'lost its name to the same incarnation': [{ ...own, token: 'x', number: 1 }, 4, '!taken x'],
  'would take the name from the same incarnation': [
    { ...own, token: 'x', number: 9 },
    1,
    'unsure x',
  ],
};

await test('a batch in doubt is settled once and for all', async (t) => {
  const redis = await redisFor(t);
  const settle = async (number: number): Promise<unknown> =>
    redis.command('EVAL', scripts.void.source, 1, writer, 5, 'own', number, 0);
  for (const [what, [held, number, answer]] of Object.entries(cases)) {
    await redis.command('DEL', writer);
    const fields = Object.entries(held).flat();
    if (fields.length > 0) await redis.command('HSET', writer, ...fields);
    t.equal(await settle(number), answer, `it ${what}`);
    // The second time the number is used up, so there is nothing left to be unsure of.
    t.equal(await settle(number), answer.replace(/unsure.*/, 'void'), `it ${what}, asked again`);
  }
});

await test('a batch that was voided does not run when it arrives late', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const stores = await opened(t, redis);
  const journal = new Journal(events.writer('a', 1));
  await journal.say();
  await redis.pause();
  const said = journal.sayMany(5);
  const { total } = proxy.connections;
  await until(() => proxy.connections.total > total, {
    what: 'the connection to be given up',
    withinMs: 5_000,
  });
  // Redis now carries out what it was sent before it was stopped, and then what came after.
  redis.resume();
  await said;
  t.same(journal.tally, { appended: 6 });
  t.same(journal.faults(await allRecords(stores)), []);
});

await test('a new writer of the same incarnation is not fenced by the old one', async (t) => {
  const redis = await redisFor(t);
  const proxy = await proxyFor(t, redis);
  const { events } = await opened(t, proxy);
  const stores = await opened(t, redis);
  const old = new Journal(stores.events.writer('a', 1));
  await old.say();
  proxy.blackhole('toServer');
  const late = new Journal(events.writer('a', 1));
  const said = late.say();
  const { total } = proxy.connections;
  await until(() => proxy.connections.total > total, {
    what: 'the connection to be given up',
    withinMs: 5_000,
  });
  proxy.reset();
  proxy.pass();
  t.same(await said, { status: 'unknown' }, 'the old one has written, so nobody can tell');
  t.match(await late.say(), { status: 'appended' });
  t.same(await old.say(), { status: 'fenced' });
  const records = await allRecords(stores);
  t.same([...late.faults(records), ...old.faults(records)], []);
  t.match(await stores.events.writer('b', 1).append(commitTo('room:x', messagePosted('x'))), {
    status: 'appended',
  });
});
