import { test } from 'tap';
import { until, within } from './until.ts';

await test('until promises the first value that holds', async (t) => {
  let calls = 0;
  const value = await until(() => (++calls < 3 ? undefined : calls), {
    what: 'three calls',
    withinMs: 5_000,
  });
  t.equal(value, 3);
});

await test('until takes 0 and the empty text for values', async (t) => {
  t.equal(await until(() => 0, { what: 'a number', withinMs: 100 }), 0);
  t.equal(await until(async () => '', { what: 'a text', withinMs: 100 }), '');
});

await test('until says what it waited for, and why the condition failed last', async (t) => {
  await t.rejects(
    until(async () => Promise.reject(new Error('connection refused')), {
      what: 'the server to listen',
      withinMs: 30,
    }),
    {
      message: 'waited 30 ms for the server to listen (last: connection refused)',
      cause: { message: 'connection refused' },
    },
  );
});

await test('until forgets an error that the condition has got over', async (t) => {
  let calls = 0;
  const condition = (): boolean => {
    if (++calls === 1) throw new Error('not yet');
    return false;
  };
  await t.rejects(until(condition, { what: 'a sign', withinMs: 50 }), {
    message: 'waited 50 ms for a sign',
  });
});

await test('until is bounded although its condition never settles', async (t) => {
  const never = new Promise<boolean>(() => undefined);
  await t.rejects(
    until(() => never, { what: 'an answer', withinMs: 30 }),
    {
      message: /^waited 30 ms for an answer/,
    },
  );
});

await test('within passes on what a promise comes to', async (t) => {
  t.equal(await within(Promise.resolve('done'), 1_000, 'a result'), 'done');
  await t.rejects(within(Promise.reject(new Error('broken')), 1_000, 'a result'), {
    message: 'broken',
  });
});

await test('within gives up after its bound and says on what', async (t) => {
  const never = new Promise(() => undefined);
  await t.rejects(within(never, 20, 'a result'), { message: 'waited 20 ms for a result' });
});
