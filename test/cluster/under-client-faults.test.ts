import { test } from 'tap';
import { count, reportCount } from '../counts.ts';
import { startOnRedis } from './under-faults/cluster.ts';
import type { RunResult } from './under-faults/run.ts';
import { many, runUnderFault } from './under-faults/under-fault.ts';

await test('who reads nothing is cut off, and nobody else is disturbed', async (t) => {
  const result = await runUnderFault(t, {
    clients: {
      clients: 12,
      messagesPerSecond: 400,
      rooms: ['lobby'],
      longTexts: 0.95,
      slowReaders: 3,
    },
    start: startOnRedis,
    faults: async ({ clients }) => clients.haveCutOff(1, 120_000),
  });
  t.ok(result.tally.tooSlow > 0, 'a slow reader is cut off');
});

await test('clients that are all cut off at once come all back', async (t) => {
  const clients = count('clientsInStorm');
  const result = await runUnderFault(t, {
    clients: { ...many, clients },
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

/** How many users logged in again in a run. */
function cameBack({ records }: RunResult): number {
  const logins = new Map<string, number>();
  for (const { meta } of records) {
    const { type, data } = JSON.parse(meta) as { type: string; data: { user: string } };
    if (type === 'SessionOpened') logins.set(data.user, (logins.get(data.user) ?? 0) + 1);
  }
  return [...logins.values()].filter((times) => times > 1).length;
}
