import { type Test, test } from 'tap';
import { scripts } from '../../adapters/redis/scripts.ts';
import { count, reportCount } from '../counts.ts';
import { type Cluster, startOnDisk, startOnRedis } from './under-faults/cluster.ts';
import { goesOn, killRedis, killServer, recoversWithinMs } from './under-faults/faults.ts';
import { judgedRun, lostServers } from './under-faults/judged-run.ts';
import { pause } from './under-faults/pause.ts';
import type { RunOptions, RunResult } from './under-faults/run.ts';

const some = { clients: 20, messagesPerSecond: 400 };

const oneWay = ['toServer', 'toClient'] as const;
const isAppend = (_reply: Buffer, request: Buffer): boolean => request.includes(scripts.append.sha);

await test('a server that cannot reach Redis for 3 s serves again, and nobody is lost', async (t) => {
  const result = await underFault(t, {
    clients: some,
    start: () => startOnRedis({ networks: true }),
    faults: async (run) => {
      for (const direction of ['both', run.random.pick(oneWay)] as const) {
        const network = run.random.pick(run.cluster.networks);
        await pause(1_000);
        run.note(`a black hole (${direction})`);
        network.blackhole(direction);
        await pause(3_000);
        network.pass();
        await goesOn(run, recoversWithinMs);
      }
    },
  });
  t.equal(lostServers(result), 0, 'nobody is declared lost');
});

await test('a server that cannot reach Redis for 10 s is lost, and begins anew', async (t) => {
  const result = await underFault(t, {
    clients: some,
    start: () => startOnRedis({ networks: true }),
    faults: async (run) => {
      const network = run.random.pick(run.cluster.networks);
      await run.progress(0.2);
      run.note('a black hole');
      network.blackhole();
      await pause(10_000);
      network.pass();
      run.note('it has gone');
      await goesOn(run, recoversWithinMs);
    },
  });
  t.equal(lostServers(result), 1, 'it is declared lost once');
});

await test('a server that is stopped for 9 s is lost, and begins anew', async (t) => {
  const result = await underFault(t, {
    clients: some,
    start: startOnRedis,
    faults: async (run) => {
      const { process, name } = run.random.pick(run.cluster.processes);
      await run.progress(0.2);
      run.note(`server ${name} is stopped`);
      await process.pause();
      await pause(9_000);
      process.resume();
      run.note('it goes on');
      await goesOn(run, recoversWithinMs);
    },
  });
  t.equal(lostServers(result), 1, 'it is declared lost once');
});

await test('answers of Redis that do not arrive change nothing', async (t) => {
  const times = count('answersDropped');
  let dropped = 0;
  const result = await underFault(t, {
    clients: some,
    start: () => startOnRedis({ networks: true }),
    faults: async (run) => {
      for (; dropped < times; dropped++) {
        await run.progress((dropped / times) * 0.8);
        const network = run.random.pick(run.cluster.networks);
        network.dropReplies(run.random.chance(0.5) ? isAppend : 20);
        await pause(run.random.between(50, 700));
        network.pass();
      }
      await goesOn(run, recoversWithinMs);
    },
  });
  t.equal(lostServers(result), 0, 'nobody is declared lost');
  reportCount(t, 'answersDropped', dropped);
});

await test('who reads nothing is cut off, and nobody else is disturbed', async (t) => {
  const result = await underFault(t, {
    clients: { ...some, clients: 12, rooms: ['lobby'], longTexts: 0.95, slowReaders: 3 },
    start: startOnRedis,
    faults: async ({ clients }) => clients.haveCutOff(1, 120_000),
  });
  t.ok(result.tally.tooSlow > 0, 'a slow reader is cut off');
});

await test('clients that are all cut off at once come all back', async (t) => {
  const clients = count('clientsInStorm');
  const result = await underFault(t, {
    clients: { clients },
    start: startOnRedis,
    faults: async (run) => {
      for (const part of [0.2, 0.6]) {
        await run.progress(part + run.random.between(0, 0.2));
        run.note('everybody is cut off');
        run.clients.storm();
      }
    },
  });
  reportCount(t, 'clientsInStorm', cameBack(result));
});

await test('every promise holds over four partitions', async (t) => {
  const result = await underFault(t, {
    start: () => startOnRedis({ partitions: 4 }),
    faults: async (run) => {
      const { cluster, random, progress } = run;
      await progress(0.1);
      await killRedis(run, random.between(100, 4_000));
      await progress(0.5);
      await killServer(run, random.pick(cluster.processes), random.between(100, 4_000));
    },
  });
  t.equal(lostServers(result), 4, 'the killed server ends once in each partition');
});

await test('every promise holds over the embedded store while its process is killed', async (t) => {
  await underFault(t, {
    start: startOnDisk,
    faults: async (run) => {
      const [both] = run.cluster.processes;
      if (both === undefined) throw new Error('there is no process');
      for (const part of [0.1, 0.5]) {
        await run.progress(part + run.random.between(0, 0.3));
        await killServer(run, both, run.random.between(0, 2_000));
      }
    },
  });
});

/** How many users logged in again in a run. */
function cameBack({ records }: RunResult): number {
  const logins = new Map<string, number>();
  for (const { meta } of records) {
    const { type, data } = JSON.parse(meta) as { type: string; data: { user: string } };
    if (type === 'SessionOpened') logins.set(data.user, (logins.get(data.user) ?? 0) + 1);
  }
  return [...logins.values()].filter((times) => times > 1).length;
}

async function underFault<C extends Cluster>(
  t: Test,
  options: Omit<RunOptions<C>, 'seed' | 'messages'>,
): Promise<RunResult> {
  const result = await judgedRun(t, { ...options, messages: count('messagesUnderOtherFaults') });
  reportCount(t, 'messagesUnderOtherFaults', result.tally.stored);
  return result;
}
