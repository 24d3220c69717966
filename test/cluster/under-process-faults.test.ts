import { test } from 'tap';
import { startOnDisk, startOnRedis } from './under-faults/cluster.ts';
import { goesOn, killRedis, killServer, recoversWithinMs } from './under-faults/faults.ts';
import { lostServers } from './under-faults/judged-run.ts';
import { pause } from './under-faults/pause.ts';
import { many, runUnderFault, some } from './under-faults/under-fault.ts';

await test('a server that is stopped for 9 s is lost, and begins anew', async (t) => {
  const result = await runUnderFault(t, {
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

await test('every promise holds over four partitions', async (t) => {
  const result = await runUnderFault(t, {
    clients: many,
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
  await runUnderFault(t, {
    clients: many,
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
