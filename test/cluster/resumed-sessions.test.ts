import { randomInt } from 'node:crypto';
import { test } from 'tap';

import { count, reportCount } from '../counts.ts';
import { runResumed } from './resumed-sessions/run.ts';

/** SECURECHAT_TEST_SEED makes a run of before again, as far as the machine lets it. */
const seed = Number(process.env['SECURECHAT_TEST_SEED'] ?? randomInt(2 ** 31));

/** Of one run each: what is asked of it, and of how many partitions its log is. */
const runs = [
  { partitions: 1, messages: 'messagesToResumed', cuts: 'resumedCuts', kills: 'resumedKills' },
  // With several, nothing orders a session and what is said.
  {
    partitions: 3,
    messages: 'messagesOverPartitions',
    cuts: 'cutsOverPartitions',
    kills: 'killsOverPartitions',
  },
] as const;

for (const { partitions, ...asked } of runs)
  await test(`whatever is cut or killed, each client hears its rooms once and in order (partitions: ${partitions})`, async (t) => {
    t.comment(`seed ${seed}`);
    const result = await runResumed({
      seed,
      partitions,
      messages: count(asked.messages),
      cuts: count(asked.cuts),
      kills: count(asked.kills),
    });
    const { messages, cuts, kills, heard } = result;
    t.comment(`${messages} messages, ${cuts} cuts, ${kills} kills, ${heard} events heard`);
    t.strictSame(
      result.findings,
      [],
      'everybody heard what the log has for them, once and in order',
    );
    t.strictSame(result.oddities, [], 'no session ends');
    t.strictSame(result.complaints, [], 'servers log no errors');
    reportCount(t, asked.messages, messages);
    reportCount(t, asked.cuts, cuts);
    reportCount(t, asked.kills, kills);
  });
