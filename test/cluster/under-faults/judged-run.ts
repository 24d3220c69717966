import { randomInt } from 'node:crypto';
import type { Test } from 'tap';
import { formatReport } from '../../checker/report.ts';
import type { Cluster } from './cluster.ts';
import { type RunOptions, type RunResult, runUnderFaults } from './run.ts';

/** SECURECHAT_TEST_SEED makes a run of before again, as far as the machine lets it. */
const seed = Number(process.env['SECURECHAT_TEST_SEED'] ?? randomInt(2 ** 31));

/** Makes a run, tells its story in comments, and asserts what has to hold after every run. */
export async function judgedRun<C extends Cluster>(
  t: Test,
  options: Omit<RunOptions<C>, 'seed'>,
): Promise<RunResult> {
  t.comment(`seed ${seed}`);
  const result = await runUnderFaults({ seed, ...options });
  for (const note of [...result.notes, ...summary(result)]) t.comment(note);
  const { report, tally, oddities, complaints, exitCodes } = result;
  t.ok(report.ok, 'the checker finds nothing', { report: formatReport(report) });
  t.strictSame(oddities, [], 'clients see nothing that must not be');
  t.strictSame(complaints, [], 'servers log no errors');
  t.ok(
    exitCodes.every((code) => code === 0),
    'servers stop in good order',
  );
  t.ok(tally.stored >= options.messages, `${options.messages} messages are stored`);
  return result;
}

/** How many servers were declared lost in a run. */
export function lostServers({ records }: RunResult): number {
  return records.filter(({ meta }) => meta.includes('"type":"ServerLost"')).length;
}

function summary({ report, tally, talkedMs, checkedMs }: RunResult): readonly string[] {
  const { received, subbed, unknown, unknownStored } = report.totals;
  const [talked, checked] = [talkedMs / 1_000, checkedMs / 1_000];
  return [
    JSON.stringify(tally),
    `talked for ${talked.toFixed(1)} s, checked in ${checked.toFixed(1)} s: ` +
      `${Math.round(tally.stored / talked)} messages stored a second, ${received + subbed} ` +
      `received; of ${unknown} of unknown fate ${unknownStored} are stored`,
  ];
}
