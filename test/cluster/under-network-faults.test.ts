import { test } from 'tap';
import { scripts } from '../../adapters/redis/scripts.ts';
import { count, reportCount } from '../counts.ts';
import { startOnRedis } from './under-faults/cluster.ts';
import { goesOn, recoversWithinMs } from './under-faults/faults.ts';
import { lostServers } from './under-faults/judged-run.ts';
import { pause } from './under-faults/pause.ts';
import { runUnderFault, some } from './under-faults/under-fault.ts';

const oneWay = ['toServer', 'toClient'] as const;
const isAppend = (_reply: Buffer, request: Buffer): boolean => request.includes(scripts.append.sha);

await test('a server that cannot reach Redis for 3 s serves again, and nobody is lost', async (t) => {
  const result = await runUnderFault(t, {
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
  const result = await runUnderFault(t, {
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

await test('answers of Redis that do not arrive change nothing', async (t) => {
  const times = count('answersDropped');
  let dropped = 0;
  const result = await runUnderFault(t, {
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
