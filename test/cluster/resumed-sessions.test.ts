import { randomInt } from 'node:crypto';
import { test } from 'tap';

import { count, reportCount } from '../counts.ts';
import { runResumed } from './resumed-sessions/run.ts';

/** SECURECHAT_TEST_SEED makes a run of before again, as far as the machine lets it. */
const seed = Number(process.env['SECURECHAT_TEST_SEED'] ?? randomInt(2 ** 31));

await test('whatever is cut or killed, each client hears its rooms once and in order', async (t) => {
  t.comment(`seed ${seed}`);
  const plan = {
    seed,
    messages: count('messagesToResumed'),
    cuts: count('resumedCuts'),
    kills: count('resumedKills'),
  };
  const result = await runResumed(plan);
  const { messages, cuts, kills, heard } = result;
  t.comment(`${messages} messages, ${cuts} cuts, ${kills} kills, ${heard} events heard`);
  t.strictSame(result.findings, [], 'everybody heard what the log has for them, once and in order');
  t.strictSame(result.oddities, [], 'no session ends');
  t.strictSame(result.complaints, [], 'servers log no errors');
  reportCount(t, 'messagesToResumed', messages);
  reportCount(t, 'resumedCuts', cuts);
  reportCount(t, 'resumedKills', kills);
});
