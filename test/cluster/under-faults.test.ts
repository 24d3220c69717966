import { randomInt } from 'node:crypto';
import { type Test, test } from 'tap';
import { formatReport } from '../checker/report.ts';
import { count, reportCount } from '../counts.ts';
import { killRedis, killServer } from './under-faults/faults.ts';
import { pause } from './under-faults/pause.ts';
import {
  type RunOptions,
  type RunResult,
  runUnderFaults,
  type RunUnderFaults,
} from './under-faults/run.ts';

/** A run of before can be made again, as far as the machine lets it: by its seed. */
const seed = Number(process.env['SECURECHAT_TEST_SEED'] ?? randomInt(2 ** 31));

/** What two cores carry beside other tests, with the processes of the cluster and of the clients. */
const messagesPerSecond = 800;

await test('every promise holds while Redis is killed twice and a server once', async (t) => {
  const messages = count('messagesUnderFaults');
  const result = await runAndJudge(t, {
    seed,
    messages,
    messagesPerSecond,
    faults: allThree,
  });
  t.equal(lostServers(result), 1, 'the killed server is declared lost, once, and no other');
  t.ok(result.tally.stored >= messages, `${messages} messages are stored`);
  reportCount(t, 'messagesUnderFaults', result.tally.stored);
});

/** In an order and at times of the seed's; the server's death may fall into one of Redis's. */
async function allThree(run: RunUnderFaults): Promise<void> {
  const { cluster, random, progress } = run;
  const server = random.pick(cluster.servers);
  const serverDown = random.between(200, 7_000);
  const downs = random.chance(0.5) ? [300, 4_500] : [4_500, 300];
  const [first = 0, second = 0] = downs.map((down) => down * random.between(0.7, 1.3));
  const [one, two, three] = [0.1, 0.35, 0.6].map((part) => part + random.between(0, 0.1));
  const together = random.chance(0.3);
  const serverDies = async (part: number): Promise<void> => {
    await progress(part);
    if (together) await pause(random.between(0, 3_000));
    await killServer(run, server, serverDown);
  };
  const redisDies = async (): Promise<void> => {
    await progress(one ?? 0);
    await killRedis(run, first);
    await progress(two ?? 0);
    await killRedis(run, second);
  };
  await Promise.all([redisDies(), serverDies((together ? two : three) ?? 0)]);
}

/** Everything that has to hold after every run. */
async function runAndJudge(t: Test, options: RunOptions): Promise<RunResult> {
  t.comment(`seed ${options.seed}`);
  const result = await runUnderFaults(options);
  const { report, tally, oddities, complaints, exitCodes, notes } = result;
  for (const note of notes) t.comment(note);
  t.comment(JSON.stringify(tally));
  const [talked, checked] = [result.talkedMs / 1_000, result.checkedMs / 1_000];
  t.comment(
    `talked for ${talked.toFixed(1)} s, checked in ${checked.toFixed(1)} s: ` +
      `${Math.round(tally.stored / talked)} messages stored a second, ` +
      `${report.totals.received + report.totals.subbed} received, ` +
      `of ${report.totals.unknown} unknown ${report.totals.unknownStored} are stored`,
  );
  t.ok(report.ok, 'the checker finds nothing', { report: formatReport(report) });
  t.strictSame(oddities, [], 'clients see nothing that must not be');
  t.strictSame(complaints, [], 'servers log no errors');
  t.strictSame(exitCodes, [0, 0], 'servers stop in good order');
  return result;
}

function lostServers({ records }: RunResult): number {
  return records.filter(({ meta }) => meta.includes('"type":"ServerLost"')).length;
}
