import type { Backoff } from './backoff.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import { isOfStore } from './refusal.ts';

/** A lane that waits for a connection looks so often whether it has been closed. */
const lookAgainMs = 500;

/** The link's connection, however long that takes; undefined when there is none and it is over. */
export async function laneConnection(
  link: Link,
  backoff: Backoff,
  over: AbortSignal,
): Promise<Connection | undefined> {
  for (;;) {
    if (link.current !== undefined) return link.current;
    if (over.aborted) return undefined;
    try {
      return await link.ready(lookAgainMs);
    } catch (error) {
      if (!isOfStore(error)) throw error;
      await backoff.pause(over);
    }
  }
}
