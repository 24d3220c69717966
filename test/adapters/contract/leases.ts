import { leaseMs } from '../../../core/lease-store.ts';
import { partitionOf, serverStream } from '../../../core/stream.ts';
import type { Commit } from '../../../core/event-store.ts';
import { serverLost } from '../../support/events.ts';
import { until } from '../../support/until.ts';
import { type ContractTests, type TestLogs } from './log-under-test.ts';

/** The sentences of `LeaseStore`, and commits with `unlessLeased`. */
export const leaseTests: ContractTests = {
  'a lease is held by one token at a time': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [(await log.open()).leases, (await log.open()).leases];
    t.equal(await one.take('a', 'token 1'), true);
    t.equal(await other.take('a', 'token 2'), false);
    t.equal(await other.refresh('a', 'token 2'), false);
    t.equal(await one.refresh('a', 'token 1'), true);
    t.equal(await one.take('a', 'token 1'), true);
    t.equal(await other.take('b', 'token 2'), true);
  },

  'a lease that was released is free, and only its holder releases it': async (t, logs) => {
    const { leases } = await logs.open(t);
    await leases.take('a', 'token 1');
    await leases.release('a', 'token 2');
    t.equal(await leases.take('a', 'token 2'), false);
    await leases.release('a', 'token 1');
    t.equal(await leases.take('a', 'token 2'), true);
    t.equal(await leases.refresh('a', 'token 1'), false);
  },

  'a look shows the leases that are held, of those asked for': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [(await log.open()).leases, (await log.open()).leases];
    await one.take('a', 'token 1');
    await one.take('b', 'token 1');
    const { held, linkWholeMs } = await other.look(['a', 'c']);
    t.same([...held], ['a']);
    t.ok(linkWholeMs >= 0);
    t.equal((await other.look([])).held.size, 0);
  },

  'a refresh takes a lease that nobody holds': async (t, logs) => {
    const { leases } = await logs.open(t);
    t.equal(await leases.refresh('a', 'token 1'), true);
    t.equal(await leases.take('a', 'token 2'), false);
  },

  'a commit that forbids a lease is refused while it is held': async (t, logs) => {
    const log = await logs.make(t);
    const [one, other] = [await log.open(), await log.open()];
    await one.leases.take('a', 'token 1');
    const judge = other.events.writer('b', 1);
    t.strictSame(await judge.append(lost(logs)), { status: 'leased' });
    const home = partitionOf(serverStream('a'), logs.partitions);
    t.equal((await other.events.head(home)).position, 1);
    await one.leases.release('a', 'token 1');
    t.match(await judge.append(lost(logs)), { status: 'appended', position: 2 });
  },
};

/** As above; they take as long as a lease where time cannot be made to pass. */
export const lapseTests: ContractTests = {
  'a lease lapses when it is not refreshed, and not before': async (t, logs) => {
    const log = await logs.make(t);
    const { events, leases } = await log.open();
    const judge = events.writer('b', 1);
    const takenAt = performance.now();
    await leases.take('a', 'token 1');
    const canTimePass = log.passTime(leaseMs - 1_000);
    t.equal(await leases.take('a', 'token 2'), false);
    t.strictSame(await judge.append(lost(logs)), { status: 'leased' });
    log.passTime(1_100);
    await until(async () => (await leases.look(['a'])).held.size === 0, {
      what: 'the lease to lapse',
      withinMs: leaseMs + 2_000,
    });
    t.ok(canTimePass || performance.now() - takenAt > leaseMs - 500);
    t.match(await judge.append(lost(logs)), { status: 'appended' });
    t.equal(await leases.refresh('a', 'token 1'), true);
    t.equal(await leases.take('a', 'token 2'), false);
  },
};

/** What a server appends that has missed another's lease. */
const lost = (logs: TestLogs): Commit => {
  const stream = serverStream('a');
  const parts = [{ stream, expected: 'any', events: [serverLost('a', 1)] }] as const;
  return { parts, unlessLeased: 'a', partition: partitionOf(stream, logs.partitions) };
};
