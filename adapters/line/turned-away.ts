import type { Duplex } from 'node:stream';

import { answerText } from './line-text.ts';

/** For the words to go out, and for the client to close as well. */
const closeMsMax = 1_000;

/** Tells a client that there are too many of its network, and closes. What it sends is not read. */
export function turnAway(socket: Duplex): void {
  socket.on('error', () => {});
  socket.end(answerText({ kind: 'error', code: 'TooManyConnections', subject: '' }));
  // Dropped as it comes, so that its end is seen.
  socket.resume();
  setTimeout(() => socket.destroy(), closeMsMax).unref();
}
