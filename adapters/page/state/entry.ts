/**
 * What a timeline shows, in the order of the room. `place` is the number that the server gave; what
 * has none lies half a place behind its predecessor.
 */
export type Entry = Message | Passage | Departure | Gap;

export interface Message {
  readonly kind: 'message';
  readonly place: number;
  /** Milliseconds since 1970, by the store; so of all entries. */
  readonly at: number;
  readonly user: string;
  readonly text: string;
}

/** Somebody came or went. */
export interface Passage {
  readonly kind: 'joined' | 'left';
  readonly place: number;
  readonly at: number;
  readonly user: string;
}

/** A server's end took people along. */
export interface Departure {
  readonly kind: 'departed';
  readonly place: number;
  readonly at: number;
  readonly users: readonly string[];
}

/** Numbers that are missing, the first and the last of them. */
export interface Gap {
  readonly kind: 'gap';
  readonly place: number;
  readonly from: number;
  /** Undefined where it is not known how many there were. */
  readonly to: number | undefined;
  /**
   * `passedOver` can be loaded; `retention` is no longer kept; `epoch`: the log was set back, and
   * what had these numbers is not what has them now.
   */
  readonly reason: 'passedOver' | 'retention' | 'epoch';
  readonly loading: boolean;
}
