import { lobby } from '../../../core/names.ts';
import type { Message } from './entry.ts';
import type { Outgoing } from './outgoing.ts';
import type { Timeline } from './timeline.ts';

/** A room or a conversation with one person. */
export type Talk = RoomTalk | DirectTalk;

export type TalkKey = `room:${string}` | `direct:${string}`;

interface AnyTalk {
  readonly timeline: Timeline;
  readonly outgoing: readonly Outgoing[];
  /** Messages of others that were not seen; {@link unreadMax} stands for that many or more. */
  readonly unread: number;
  /** What was seen last, while the line between seen and new is shown. */
  readonly newAfter: number | undefined;
  readonly last: Message | undefined;
}

export interface RoomTalk extends AnyTalk {
  readonly kind: 'room';
  /** The canonical form. */
  readonly room: string;
  readonly name: string;
  readonly epoch: string;
  /** The newest number that is known: what comes with a lower one was counted before. */
  readonly number: number;
  readonly members: ReadonlySet<string>;
  /** The account has read up to here. */
  readonly read: number;
}

export interface DirectTalk extends AnyTalk {
  readonly kind: 'direct';
  readonly peer: string;
  /** What was new has been read here up to this; 0 for none of it. */
  readonly read: number;
}

/** The server counts no further. */
export const unreadMax = 100;

export const roomKey = (room: string): TalkKey => `room:${room}`;
/** Where a login puts a user. */
export const lobbyKey = roomKey(lobby.canonical);
export const directKey = (peer: string): TalkKey => `direct:${peer}`;
export const keyOf = (talk: Talk): TalkKey =>
  talk.kind === 'room' ? roomKey(talk.room) : directKey(talk.peer);

/** What a person calls it. */
export const nameOf = (talk: Talk): string => (talk.kind === 'room' ? talk.name : talk.peer);

export const newestPlace = ({ timeline }: Talk): number => timeline.entries.at(-1)?.place ?? 0;
