import type { Cursor } from '../core/event-store.ts';
import type { Chat } from './chat.ts';

/** Who is further behind than this may be so for long: another server is the better one to ask. */
const caughtUpMsMax = 2_000;

/**
 * Whether this server has folded all that the log has of what a client was shown, perhaps by
 * another server: waits for it, but not for long.
 * @throws {StoreUnreachable}
 */
export async function hasCaughtUp(
  { follower, stores }: Chat,
  shown: readonly Cursor[],
): Promise<boolean> {
  const reached = shown.map(async ({ partition, position }) => {
    if (position <= (follower.positions[partition] ?? 0)) return true;
    const head = await stores.events.head(partition);
    // What lies behind the end was lost when the log was set back: nobody ever comes to it.
    return follower.reached(partition, Math.min(position, head.position), caughtUpMsMax);
  });
  return (await Promise.all(reached)).every((isReached) => isReached);
}
