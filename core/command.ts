import type { ErrorCode } from './error-catalogue.ts';
import type { RoomName } from './names.ts';

/** What a client asks for, on any transport, after its names and texts were parsed. */
export type ClientCommand =
  | {
      readonly type: 'login';
      readonly user: string;
      readonly password: string;
      readonly takeover: boolean;
    }
  | { readonly type: 'register'; readonly user: string; readonly password: string }
  | { readonly type: 'logout' }
  | { readonly type: 'resume'; readonly token: string; readonly cursor: string }
  | { readonly type: 'join'; readonly room: RoomName }
  | { readonly type: 'leave'; readonly room: RoomName }
  | {
      readonly type: 'say';
      readonly text: string;
      /** By default the one that the session is in. */
      readonly room?: RoomName;
      /** The client's own number for it, by which a repetition is known. */
      readonly sequence?: number;
    }
  | {
      readonly type: 'direct';
      readonly to: string;
      readonly text: string;
      readonly sequence?: number;
    }
  | { readonly type: 'subscribe'; readonly target: string }
  | { readonly type: 'unsubscribe'; readonly target: string }
  | { readonly type: 'subscriptions' }
  | { readonly type: 'rooms' }
  /** The members of a room; by default of the one the session is in. */
  | { readonly type: 'members'; readonly room?: RoomName }
  | {
      readonly type: 'history';
      readonly limit: number;
      readonly room?: RoomName;
      /** Only what lies before, or after, this number. */
      readonly before?: number;
      readonly after?: number;
    }
  | {
      readonly type: 'conversation';
      readonly peer: string;
      readonly limit: number;
      readonly before?: number;
    }
  | { readonly type: 'conversations' }
  | { readonly type: 'markRoomRead'; readonly room: RoomName; readonly through: number }
  | { readonly type: 'markConversationRead'; readonly peer: string; readonly through: number }
  | { readonly type: 'changePassword'; readonly old: string; readonly next: string }
  | { readonly type: 'session' }
  | { readonly type: 'ping' }
  | { readonly type: 'receipts'; readonly on: boolean }
  | { readonly type: 'help'; readonly topic?: string }
  /** What could not be understood, in its place among what could. */
  | {
      readonly type: 'fault';
      readonly code: ErrorCode;
      readonly subject: string;
      /** What it would have been, where that much was understood. */
      readonly of?: ClientCommand['type'];
    };

export type CommandOf<T extends ClientCommand['type']> = Extract<ClientCommand, { type: T }>;
