import type { Snapshot } from '../../../core/snapshot-store.ts';
import type { Stores } from '../../../core/stores.ts';
import type { ContractTests } from './log-under-test.ts';

const snapshot = (name: string, state: unknown, position = 1): Snapshot => ({
  name,
  revision: position,
  position,
  fold: 1,
  state,
});

async function runOf({ events }: Stores, partition: number, through = 1) {
  const { epoch } = await events.head(partition);
  return { epoch, through };
}

/** The sentences of `SnapshotStore`. */
export const snapshotTests: ContractTests = {
  'snapshots are kept by partition and name, and outlive the process that kept them': async (
    t,
    logs,
  ) => {
    const log = await logs.make(t);
    const stores = await log.open();
    const kept = [
      snapshot('account:alice', { status: 'active', user: 'älice 👋' }),
      snapshot('chat', []),
    ];
    for (const partition of logs.all)
      t.equal(
        await stores.events.snapshots.keep(partition, await runOf(stores, partition), kept),
        true,
      );
    const { events } = await log.reopen();
    for (const partition of logs.all) {
      const found = await events.snapshots.get(partition, ['chat', 'account:bob', 'account:alice']);
      t.strictSame(found.get('account:alice'), kept[0]);
      t.strictSame(found.get('chat'), kept[1]);
      t.equal(found.size, 2);
      t.equal(await events.snapshots.keptThrough(partition), 1);
    }
    t.same(await events.snapshots.get(0, []), new Map());
  },

  'nothing is kept of another epoch, or up to where something was kept': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    const run = await runOf(one, 0, 5);
    const { snapshots } = one.events;
    t.equal(await snapshots.keptThrough(0), 0);
    t.equal(
      await snapshots.keep(0, { ...run, epoch: 'of before' }, [snapshot('a', 'wrong')]),
      false,
    );
    t.equal(await snapshots.keptThrough(0), 0);
    t.equal(await snapshots.keep(0, run, [snapshot('a', 'first'), snapshot('b', 1)]), true);
    t.equal(await other.events.snapshots.keep(0, run, [snapshot('a', 'late')]), false);
    t.equal(
      await other.events.snapshots.keep(0, { ...run, through: 6 }, [snapshot('a', 'next')]),
      true,
    );
    const found = await snapshots.get(0, ['a', 'b']);
    t.same([found.get('a')?.state, found.get('b')?.state], ['next', 1]);
    t.equal(await snapshots.keptThrough(0), 6);
  },

  'names are listed by what they begin with, and whole': async (t, logs) => {
    const stores = await logs.open(t);
    const { snapshots } = stores.events;
    const users = Array.from({ length: 700 }, (_, number) => `account:u${number}`);
    const kept = [...users, 'accounts', 'account', 'room:*', 'room:x'].map((name) =>
      snapshot(name, 0),
    );
    await snapshots.keep(0, await runOf(stores, 0), kept);
    const listed = async (prefix: string): Promise<readonly string[]> => {
      const names: string[] = [];
      for await (const name of snapshots.names(0, prefix)) names.push(name);
      return names.toSorted();
    };
    t.same(await listed('account:'), users.toSorted());
    t.same(await listed('room:*'), ['room:*']);
    t.same((await listed('')).length, 704);
    t.same(await listed('server:'), []);
  },
};
