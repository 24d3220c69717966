import { setTimeout as sleep } from 'node:timers/promises';

import type { Connection } from './connection.ts';

/** Messages under way get this long to be answered. */
const settleMsMax = 500;

/** Closes all connections: clients are told why, after the answers to what they have sent. */
export async function sendAway(
  connections: ReadonlySet<Connection>,
  code: 'ServerStopping' | 'ServerRestarted',
): Promise<void> {
  const present = [...connections];
  for (const connection of present) connection.takeNoMore();
  const settled = Promise.all(present.map((connection) => connection.settled()));
  const isSettled = new AbortController();
  const { signal } = isSettled;
  const tooLate = sleep(settleMsMax, undefined, { signal }).catch(() => {});
  await Promise.race([settled, tooLate]);
  isSettled.abort();
  for (const connection of connections) connection.disconnect(code);
}
