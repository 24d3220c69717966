import { test } from 'tap';
import { count, reportCount } from '../counts.ts';
import { type RedisCluster, startOnRedis } from './under-faults/cluster.ts';
import { killRedis, killServer } from './under-faults/faults.ts';
import { judgedRun, lostServers } from './under-faults/judged-run.ts';
import { pause } from './under-faults/pause.ts';
import type { RunUnderFaults } from './under-faults/run.ts';

await test('every promise holds while Redis is killed twice and a server once', async (t) => {
  const messages = count('messagesUnderFaults');
  const result = await judgedRun(t, { messages, start: startOnRedis, faults: allThree });
  t.equal(lostServers(result), 1, 'the killed server is declared lost, once, and no other');
  reportCount(t, 'messagesUnderFaults', result.tally.stored);
});

/** In an order and at times of the seed's; the server's death may fall into one of Redis's. */
async function allThree(run: RunUnderFaults<RedisCluster>): Promise<void> {
  const { cluster, random, progress } = run;
  const server = random.pick(cluster.processes);
  const serverDown = random.between(200, 7_000);
  const downs = random.chance(0.5) ? [300, 4_500] : [4_500, 300];
  const [first = 0, second = 0] = downs.map((down) => down * random.between(0.7, 1.3));
  const [one = 0, two = 0, three = 0] = [0.1, 0.35, 0.6].map((p) => p + random.between(0, 0.1));
  const together = random.chance(0.3);
  const serverDies = async (): Promise<void> => {
    await progress(together ? two : three);
    if (together) await pause(random.between(0, 3_000));
    await killServer(run, server, serverDown);
  };
  const redisDies = async (): Promise<void> => {
    await progress(one);
    await killRedis(run, first);
    await progress(two);
    await killRedis(run, second);
  };
  await Promise.all([redisDies(), serverDies()]);
}
