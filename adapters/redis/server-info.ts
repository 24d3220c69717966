import type { Connection } from './connection.ts';
import { RedisRefusal } from './refusal.ts';
import { textOf } from './reply.ts';

/** Asked now and then beside the pings, and so with their patience. */
const answerWithinMs = 1_000;

/** What a Redis says of itself, by the names of INFO. */
export type ServerInfo = ReadonlyMap<string, string>;

/** Undefined where INFO may not be asked. */
export async function serverInfo(connection: Connection): Promise<ServerInfo | undefined> {
  try {
    const text = textOf(await connection.callWithin(answerWithinMs, 'INFO'));
    const lines = [...text.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm)];
    return new Map(lines.map(([, name = '', value = '']) => [name, value]));
  } catch (error) {
    if (error instanceof RedisRefusal && error.code === 'NOPERM') return undefined;
    throw error;
  }
}
