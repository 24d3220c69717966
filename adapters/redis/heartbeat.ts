import { pause } from './backoff.ts';
import type { Connection } from './connection.ts';
import { RedisRefusal, RedisUnfit } from './refusal.ts';

/** A stopped Redis keeps its connections open, so only an answer shows that it lives. */
const pingEveryMs = 500;
export const pingWithinMs = 1_000;
/** Between two answers there is at most a pause, a ping, and a little delay of this process. */
export const silenceMsMax = pingEveryMs + pingWithinMs + 500;
/** At each fourth ping: what a hand changes in Redis's settings is heeded within some 2 s. */
const pingsPerLook = 4;

export interface HeartbeatOptions {
  /** How long Redis may take to answer a ping. */
  readonly withinMs: number;
  readonly onAnswer: () => void;
  /** Whether Redis can still be used. @throws {RedisUnfit} */
  readonly look: (connection: Connection) => Promise<void>;
  readonly onUnfit: (error: RedisUnfit) => void;
}

/** Pings until the connection is lost, and drops it when an answer does not come in time. */
export async function heartbeat(
  connection: Connection,
  { withinMs, onAnswer, look, onUnfit }: HeartbeatOptions,
): Promise<void> {
  const over = new AbortController();
  void connection.lost.then(() => over.abort());
  for (let pings = 1; ; pings++) {
    await pause(pingEveryMs, over.signal);
    if (over.signal.aborted) return;
    try {
      await connection.callWithin(withinMs, 'PING');
      if (pings % pingsPerLook === 0) await look(connection);
    } catch (error) {
      if (error instanceof RedisUnfit) return onUnfit(error);
      // Redis refuses even a ping when it cannot write to its disk; that too is an answer.
      if (!(error instanceof RedisRefusal)) return connection.drop(String(error));
    }
    onAnswer();
  }
}
