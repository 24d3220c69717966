import { createHash } from 'node:crypto';

import type { Commit } from '../core/event-store.ts';

/**
 * What a commit says, in base64url: two commits with the same answer are the same to `once`.
 *
 * Covered are, in order, the streams and each event's link, type, data and text. Not covered is
 * what differs when a client asks again: event ids, causes, actors and expectations.
 */
export function commitContent(commit: Commit): string {
  if (commit.once?.content !== undefined) return commit.once.content;
  const content = commit.parts.map(({ stream, events }) => [
    stream,
    events.map(({ link = null, event }) => [link, event]),
  ]);
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
