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
  | { readonly type: 'join'; readonly room: RoomName }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'direct'; readonly to: string; readonly text: string }
  | { readonly type: 'subscribe'; readonly target: string }
  | { readonly type: 'unsubscribe'; readonly target: string }
  | { readonly type: 'subscriptions' }
  | { readonly type: 'rooms' }
  /** The members of a room; by default of the one the session is in. */
  | { readonly type: 'members'; readonly room?: RoomName }
  | { readonly type: 'history'; readonly limit: number }
  | { readonly type: 'changePassword'; readonly old: string; readonly next: string }
  | { readonly type: 'session' }
  | { readonly type: 'receipts'; readonly on: boolean }
  | { readonly type: 'help'; readonly topic?: string }
  /** What could not be understood, in its place among what could. */
  | { readonly type: 'fault'; readonly code: ErrorCode; readonly subject: string };

export type CommandOf<T extends ClientCommand['type']> = Extract<ClientCommand, { type: T }>;
