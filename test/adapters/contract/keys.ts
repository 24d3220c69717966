import type { KeyStore } from '../../../core/key-store.ts';
import type { ContractTests } from './log-under-test.ts';

/** The sentences of `KeyStore`. */
export const keyTests: ContractTests = {
  'a key is put where none is, and changed where it is what it was thought to be': async (
    t,
    logs,
  ) => {
    const log = await logs.make(t);
    const [one, other] = [(await log.open()).keys, (await log.open()).keys];
    t.equal(await one.get('user:alice'), undefined);
    t.equal(await one.change('user:alice', undefined, 'first'), 'first');
    t.equal(await other.get('user:alice'), 'first');
    t.equal(await other.change('user:alice', 'first', 'second'), 'second');
    t.equal(await one.get('user:alice'), 'second');
    t.equal(await one.get('user:bob'), undefined);
  },

  'a key that somebody else has put or changed stays, and is the answer': async (t, logs) => {
    const { keys } = await logs.open(t);
    t.equal(await keys.change('user:alice', 'a key', 'another'), '');
    t.equal(await keys.get('user:alice'), undefined);
    await keys.change('user:alice', undefined, 'first');
    t.equal(await keys.change('user:alice', undefined, 'late'), 'first');
    t.equal(await keys.change('user:alice', 'another', 'late'), 'first');
    t.equal(await keys.get('user:alice'), 'first');
  },

  'of many that put a key at once one wins, and all are told which': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [(await log.open()).keys, (await log.open()).keys];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).change('room:lobby:2026-11', undefined, `key ${index}`),
      ),
    );
    t.equal(new Set(answers).size, 1);
    t.equal(await one.get('room:lobby:2026-11'), answers[0]);
  },

  'keys outlive the process that put them, and all are listed': async (t, logs) => {
    const log = await logs.make(t);
    const { keys } = await log.open();
    const names = ['alice', 'bob', 'carol'].flatMap((user) => [
      `user:${user}`,
      `room:${user}:2026-11`,
    ]);
    await Promise.all(names.map((name) => keys.change(name, undefined, `of ${name}`)));
    const { keys: after } = await log.reopen();
    t.strictSame(await listed(after), names.map((name) => `${name} = of ${name}`).toSorted());
  },

  'no key is in the log': async (t, logs) => {
    const log = await logs.make(t);
    const stores = await log.open();
    await stores.keys.change('user:alice', undefined, 'wrapped');
    t.equal((await log.records(stores)).length, logs.partitions);
  },
};

async function listed(keys: KeyStore): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { name, value } of keys.list()) all.push(`${name} = ${value}`);
  return all.toSorted();
}
