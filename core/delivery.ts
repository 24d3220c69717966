import type { Answer } from './answer.ts';
import type { SessionEnd } from './session.ts';

/** Where a room's event stands. */
export interface Place {
  /** The canonical form of the room's name. */
  readonly room: string;
  readonly epoch: string;
  /** Its place in the room: 1, 2, 3, … */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A direct message as it is shown. */
export interface DirectMessage {
  readonly from: string;
  readonly recipient: string;
  readonly text: string;
  /** Its place in the conversation. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Something that one record shows to some sessions. `to` names the sessions; `own` those of the user
 * who did it, which are shown it where a transport shows people what they do themselves.
 */
export type Delivery =
  | {
      readonly kind: 'message';
      readonly to: readonly string[];
      readonly own: readonly string[];
      readonly room: string;
      readonly user: string;
      readonly text: string;
      readonly place: Place;
    }
  /** A message of a followed user in a room that the follower is not in. */
  | {
      readonly kind: 'subbed';
      readonly to: readonly string[];
      readonly room: string;
      readonly user: string;
      readonly text: string;
      readonly place: Place;
    }
  | {
      readonly kind: 'joined' | 'left';
      readonly to: readonly string[];
      readonly own: readonly string[];
      readonly room: string;
      readonly user: string;
      readonly place: Place;
      /** Whether the user came or went by it; if not, another session of theirs is there. */
      readonly isNews: boolean;
    }
  /** A server's end took users out of a room: that has no place in the room's order. */
  | {
      readonly kind: 'departed';
      readonly to: readonly string[];
      readonly room: string;
      readonly canonical: string;
      readonly users: readonly string[];
      readonly at: number;
    }
  | ({
      readonly kind: 'direct';
      readonly to: readonly string[];
      readonly own: readonly string[];
      /** Whether it waited for its user to come. */
      readonly isKept: boolean;
    } & DirectMessage)
  /** A user was erased: nobody is to be shown what they wrote any more, also where it was before. */
  | { readonly kind: 'erased'; readonly to: readonly string[]; readonly user: string }
  /** What cannot be shown any more, of a session's rooms. */
  | {
      readonly kind: 'gap';
      readonly to: readonly string[];
      /** `epoch`: the log was set back, and numbers from `from` on are others'. */
      readonly reason: 'retention' | 'epoch';
      readonly rooms: readonly {
        readonly room: string;
        readonly epoch: string;
        readonly from: number;
        readonly through?: number;
      }[];
    }
  | { readonly kind: 'answer'; readonly to: readonly [string]; readonly answer: Answer }
  | { readonly kind: 'ended'; readonly to: readonly [string]; readonly reason: SessionEnd };
