import type { AccountEvent } from './account.ts';
import type { AuditEvent } from './audit.ts';
import type { DirectEvent } from './direct.ts';
import type { EpochStarted } from './epoch.ts';
import type { HistoryRead } from './history-read.ts';
import type { KeptRoomsEvent } from './kept-rooms.ts';
import type { FollowingEvent } from './following.ts';
import type { RetentionEvent } from './retention.ts';
import type { RoomEvent } from './room.ts';
import type { ServerEvent } from './server.ts';
import type { SessionEvent } from './session.ts';
import type { LogTrimmed } from './trimming.ts';

/**
 * Every fact that the log can hold. `text`, where an event has one, is kept as the record's body,
 * apart from its metadata.
 */
export type ChatEvent =
  | AccountEvent
  | SessionEvent
  | RoomEvent
  | FollowingEvent
  | KeptRoomsEvent
  | DirectEvent
  | RetentionEvent
  | ServerEvent
  | EpochStarted
  | HistoryRead
  | LogTrimmed
  | AuditEvent;

export type EventType = ChatEvent['type'];

/** The event of one type. */
export type EventOf<T extends EventType> = Extract<ChatEvent, { type: T }>;
