import type { ServerFrameOf } from '../websocket/server-frames.ts';

/**
 * Numbers of a room that were passed over, or an epoch that began without a word. A server that
 * keeps its promises never makes one; `gap` is what it says itself.
 */
export interface Hole {
  readonly type: 'hole';
  readonly room: string;
  readonly epoch: string;
  /** The first number that is missing, and the last. */
  readonly from: number;
  readonly to: number;
}

/** What a client hears, in order: frames that answer nothing, each once, and holes. */
export type ClientEvent =
  | Hole
  | ServerFrameOf<
      | 'message'
      | 'joined'
      | 'left'
      | 'departed'
      | 'followed'
      | 'direct'
      | 'erased'
      | 'event'
      | 'gap'
      | 'cursor'
      | 'store'
      /** Without an `id`: about no request. */
      | 'error'
    >;
