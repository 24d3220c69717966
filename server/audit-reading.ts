import { userInfo } from 'node:os';

import type { HandedOut } from '../core/audit.ts';
import { type EventStore, StoreUnreachable } from '../core/event-store.ts';
import { auditStream } from '../core/stream.ts';
import { randomId } from './random-id.ts';

export interface Reading {
  /** The command and its filters, as they were typed. */
  readonly what: string;
  readonly why?: string;
  readonly holds: HandedOut;
}

/** An append is answered within seconds, also where a disk or a Redis takes longer for once. */
const attemptsMax = 3;

/**
 * Tells in the log that somebody reads it as an auditor, by the name of the operating system's user:
 * to be called before what was read is handed out. Of a slow store it is tried again, so it may be told
 * more than once.
 * @throws {StoreUnreachable} when it could not be told; then nothing is to be handed out
 */
export async function recordReading(
  events: EventStore,
  { what, why, holds }: Reading,
): Promise<void> {
  const writer = events.writer('audit', 0);
  try {
    const data = { reader: readerName(), what, ...(why !== undefined && { why }), holds };
    const event = { type: 'AuditRead', data } as const;
    const id = randomId();
    const actor = { server: 'audit', incarnation: 0 };
    const part = {
      stream: auditStream(0),
      expected: 'any',
      events: [{ id, actor, cause: id, event }],
    } as const;
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const { status } = await writer.append({ partition: 0, parts: [part] });
      if (status === 'appended') return;
    }
    throw new StoreUnreachable(
      'It could not be recorded in the log that it is being read, so nothing is handed out: try again.',
    );
  } finally {
    await writer.close();
  }
}

/** A container may run as a user whom its system has no name for. */
function readerName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
