import type { DirectMessage } from './delivery.ts';
import type { ErrorCode } from './error-catalogue.ts';

/** A message as history shows it. */
export interface PastMessage {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: string;
  readonly text: string;
}

/** A room, as somebody finds it who is in it. */
export interface RoomState {
  /** The canonical form of the name, and the form to show. */
  readonly room: string;
  readonly name: string;
  readonly epoch: string;
  /** The place from which on each event of the room is shown. */
  readonly number: number;
  readonly members: readonly string[];
  /** The account has read up to here; 0 for nothing. */
  readonly read: number;
  /** Messages after that; `unreadShownMax` stands for as many or more. */
  readonly unread: number;
  readonly last?: PastMessage;
  /** For how many days what is said here is kept; for ever where it is absent. */
  readonly retentionDays?: number;
}

/** What a client is told in return for what it sent, on any transport. */
export type Answer =
  /** What a new connection is told first. */
  | { readonly kind: 'greeting'; readonly server: string; readonly registrationOpen: boolean }
  | { readonly kind: 'authRequired' }
  /** Nobody asked: whether what is sent can be stored, and what is stored be shown, changed. */
  | { readonly kind: 'store'; readonly isReachable: boolean }
  | { readonly kind: 'takeoverHint' }
  | { readonly kind: 'registered'; readonly user: string }
  | { readonly kind: 'welcome'; readonly user: string; readonly room: string }
  /** All that a client needs to go on with a session that may outlive its connection. */
  | {
      readonly kind: 'sessionOpen';
      readonly user: string;
      readonly token: string;
      readonly server: string;
      /** The web addresses of the servers that live. */
      readonly servers: readonly string[];
      readonly rooms: readonly RoomState[];
      readonly following: readonly string[];
      readonly cursor: string;
      /** More direct messages wait than are shown with it. */
      readonly moreDirect?: boolean;
    }
  /** Nobody asked: more direct messages wait than were shown at this login. */
  | { readonly kind: 'moreDirect' }
  | { readonly kind: 'goodbye'; readonly user?: string }
  | { readonly kind: 'joined'; readonly room: string }
  /** What is said in the room is kept for so many days, and for ever without a number. */
  | { readonly kind: 'retention'; readonly room: string; readonly days?: number }
  | { readonly kind: 'entered'; readonly state: RoomState }
  | { readonly kind: 'leftRoom' }
  | { readonly kind: 'readMarked' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'subscribed'; readonly target: string }
  | { readonly kind: 'unsubscribed'; readonly target: string }
  /** `token` takes the place of the session's, if it had one. */
  | { readonly kind: 'passwordChanged'; readonly token?: string }
  | { readonly kind: 'receipts'; readonly on: boolean }
  | {
      readonly kind: 'stored';
      readonly room: string;
      readonly canonical: string;
      readonly epoch: string;
      /** The message's place in its room: 1, 2, 3, … */
      readonly number: number;
    }
  | { readonly kind: 'directStored'; readonly to: string; readonly number: number }
  | {
      readonly kind: 'rooms';
      readonly rooms: readonly {
        readonly room: string;
        readonly name: string;
        readonly members: number;
      }[];
    }
  | {
      readonly kind: 'members';
      readonly room: string;
      readonly canonical: string;
      readonly users: readonly string[];
    }
  | { readonly kind: 'subscriptions'; readonly targets: readonly string[] }
  | {
      readonly kind: 'history';
      readonly room: string;
      readonly canonical: string;
      /** Oldest first. */
      readonly messages: readonly PastMessage[];
      /** Whether there are, or may be, more in the direction that was read. */
      readonly more: boolean;
      /** Whether more were asked for, and lie further back than is looked. */
      readonly isCut: boolean;
      /** Where there are more: before which number, or after which, the next are to be read. */
      readonly next?: number;
      /** The first and the last number of those that were met and are no longer kept. */
      readonly expired?: { readonly from: number; readonly to: number };
    }
  | {
      readonly kind: 'conversation';
      readonly peer: string;
      /** Oldest first. */
      readonly messages: readonly DirectMessage[];
      readonly more: boolean;
    }
  | {
      readonly kind: 'conversations';
      /** The latest first. */
      readonly conversations: readonly ListedConversation[];
    }
  | {
      readonly kind: 'session';
      readonly user: string;
      readonly server: string;
      /** Milliseconds since 1970. */
      readonly since: number;
      readonly rooms: readonly string[];
    }
  | { readonly kind: 'help'; readonly topic?: string }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly subject: string };

/** A conversation as its end tells it. */
export interface ListedConversation {
  readonly peer: string;
  readonly last: DirectMessage;
  /** Up to which message the user has read it; 0 for none. */
  readonly read: number;
  /** Messages of the other that come after `read`; 100 stands for 100 or more. */
  readonly unread: number;
}
