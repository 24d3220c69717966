import type { ServerFrameOf } from '../websocket/server-frames.ts';
import type { ClientEvent, Hole } from './client-event.ts';

/** Frames that have a place in a room's order. */
type Placed = Extract<ClientEvent, { readonly number: number; readonly epoch: string }>;

interface KnownRoom {
  readonly epoch: string;
  /** The next number lies between these: one that is smaller was heard before. */
  readonly nextMin: number;
  readonly nextMax: number;
  readonly isIn: boolean;
}

/**
 * Holds what is heard against the promise that it misses nothing: the numbers of a room that the
 * session is in are dense. What is heard again after a resume is dropped.
 */
export class Density {
  readonly #user: string;
  readonly #rooms = new Map<string, KnownRoom>();
  /** Of each conversation, the last number that was heard. */
  readonly #conversations = new Map<string, number>();

  /** Of a session of this user's. */
  constructor(user: string) {
    this.#user = user;
  }

  /** The session is in this room, whose last number is or was `number`. */
  isIn({ room, epoch, number }: { room: string; epoch: string; number: number }): void {
    const known = this.#rooms.get(room);
    if (known?.isIn === true) return;
    // What the join itself is numbered may have been heard already, or be heard yet.
    const nextMin = known !== undefined && known.epoch === epoch ? known.nextMin : 1;
    this.#rooms.set(room, { epoch, nextMin, nextMax: number + 1, isIn: true });
  }

  /** What there is to hear of it: the frame, after the hole before it; nothing, if heard before. */
  heard(frame: Exclude<ClientEvent, Hole>): readonly ClientEvent[] {
    switch (frame.type) {
      case 'message':
      case 'joined':
      case 'left':
      case 'event':
        return this.#placed(frame);
      case 'followed':
        return this.#followed(frame);
      case 'direct':
        return this.#direct(frame);
      case 'departed':
        if (frame.users.includes(this.#user)) this.#isOut(frame.room);
        return [frame];
      case 'gap':
        return [...this.#gap(frame), frame];
      default:
        return [frame];
    }
  }

  #placed(frame: Placed): readonly ClientEvent[] {
    const { room, epoch, number } = frame;
    const known = this.#rooms.get(room);
    if (known?.epoch === epoch && number < known.nextMin) return [];
    const isIn = !(frame.type === 'left' && frame.user === this.#user);
    this.#rooms.set(room, { epoch, nextMin: number + 1, nextMax: number + 1, isIn });
    if (known === undefined || !known.isIn) return [frame];
    const from = known.epoch === epoch ? known.nextMax : 1;
    return number > from ? [{ type: 'hole', room, epoch, from, to: number - 1 }, frame] : [frame];
  }

  /** Numbers of a room that one is not in rise, but are not dense. */
  #followed(frame: ServerFrameOf<'followed'>): readonly ClientEvent[] {
    const { room, epoch, number } = frame;
    const known = this.#rooms.get(room);
    if (known?.isIn === true) return [frame];
    if (known?.epoch === epoch && number < known.nextMin) return [];
    this.#rooms.set(room, { epoch, nextMin: number + 1, nextMax: number + 1, isIn: false });
    return [frame];
  }

  #direct(frame: ServerFrameOf<'direct'>): readonly ClientEvent[] {
    const peer = frame.from === this.#user ? frame.to : frame.from;
    if (frame.number <= (this.#conversations.get(peer) ?? 0)) return [];
    this.#conversations.set(peer, frame.number);
    return [frame];
  }

  /** What is missing before the gap is a hole, for no gap tells of it. */
  #gap({ reason, rooms }: ServerFrameOf<'gap'>): readonly Hole[] {
    // Conversations tell no epoch: numbers that were heard may come again for other messages.
    if (reason === 'epoch') this.#conversations.clear();
    const holes: Hole[] = [];
    for (const { room, epoch, from, to } of rooms) {
      const known = this.#rooms.get(room);
      if (known?.isIn === true && known.epoch === epoch && from > known.nextMax)
        holes.push({ type: 'hole', room, epoch, from: known.nextMax, to: from - 1 });
      const nextMin = to === undefined ? from : to + 1;
      const nextMax = to === undefined ? Infinity : to + 1;
      this.#rooms.set(room, { epoch, nextMin, nextMax, isIn: known?.isIn ?? true });
    }
    return holes;
  }

  #isOut(room: string): void {
    const known = this.#rooms.get(room);
    if (known !== undefined) this.#rooms.set(room, { ...known, isIn: false });
  }
}
