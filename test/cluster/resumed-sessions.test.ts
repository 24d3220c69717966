import { randomInt } from 'node:crypto';
import { test } from 'tap';

import { count, reportCount } from '../counts.ts';
import { runResumed } from './resumed-sessions/run.ts';

/** SECURECHAT_TEST_SEED makes a run of before again, as far as the machine lets it. */
const seed = Number(process.env['SECURECHAT_TEST_SEED'] ?? randomInt(2 ** 31));

/** Of the log, of one run each. With several, nothing orders a session and what is said. */
const partitionsOfRuns = [1, 3];

await test('whatever is cut or killed, each client hears its rooms once and in order', async (t) => {
  t.comment(`seed ${seed}`);
  const ran = { messages: 0, cuts: 0, kills: 0 };
  for (const [run, partitions] of partitionsOfRuns.entries())
    await t.test(`partitions: ${partitions}`, async (each) => {
      const plan = {
        seed,
        partitions,
        messages: partOf(count('messagesToResumed'), run),
        cuts: partOf(count('resumedCuts'), run),
        kills: partOf(count('resumedKills'), run),
      };
      const result = await runResumed(plan);
      const { messages, cuts, kills, heard } = result;
      each.comment(`${messages} messages, ${cuts} cuts, ${kills} kills, ${heard} events heard`);
      const asTheLogHasIt = 'everybody heard what the log has for them, once and in order';
      each.strictSame(result.findings, [], asTheLogHasIt);
      each.strictSame(result.oddities, [], 'no session ends');
      each.strictSame(result.complaints, [], 'servers log no errors');
      ran.messages += messages;
      ran.cuts += cuts;
      ran.kills += kills;
    });
  reportCount(t, 'messagesToResumed', ran.messages);
  reportCount(t, 'resumedCuts', ran.cuts);
  reportCount(t, 'resumedKills', ran.kills);
});

/** What a run does of all that is asked for; the later ones do what cannot be divided. */
function partOf(all: number, run: number): number {
  const runs = partitionsOfRuns.length;
  return Math.floor((all + run) / runs);
}
