import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports from which systems take the near end of outgoing connections (from 32768 on
 * Linux, 49152 elsewhere). A server that is down for a moment would otherwise find its port taken
 * by a client, or a client that tries again and again would at last be connected to itself.
 */
const lowest = 20_000;
const highest = 32_000;
const attemptsMax = 50;

/** A port that nobody listens on, on the loopback, now; who asks should listen on it soon. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port among ${attemptsMax} tried between ${lowest} and ${highest}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
