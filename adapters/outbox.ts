import type { Writable } from 'node:stream';

import { joinedTexts } from './text-memory.ts';

/** More than this waits for a client only if it has stopped reading. */
export const outboxBytesMax = 1_048_576;
/** A client that takes nothing for so long is as good as gone. */
export const outboxStallMsMax = 10_000;
/** The socket is given no more at once: so a slow client's progress can be seen. */
const pieceBytesMax = 65_536;

export interface OutboxOwner {
  /** The client takes too little, or nothing; what it was not given yet has been dropped. */
  onSlow(): void;
  /** The client has taken what was waiting. */
  onDrained(): void;
}

/**
 * What waits to be sent to one client. Bytes pushed between two flushes leave in one write: one
 * TLS record instead of many.
 *
 * A client that has kept up may be sent any amount at once (a long history, what came while the
 * store was away). On top of that no more than `outboxBytesMax` waits for it.
 */
export class Outbox {
  readonly #socket: Writable;
  readonly #owner: OutboxOwner;
  readonly #queued: Buffer[] = [];
  /** Flushed, but not yet given to the socket. */
  #later: Buffer[] = [];
  #laterBytes = 0;
  /** Whether the socket has been given the beginning of what is first in `#later`. */
  #isCut = false;
  #bytesMax = outboxBytesMax;
  #isClosing = false;
  #writtenBytes = 0;
  #takenBytes = 0;
  #takenAt = 0;

  constructor(socket: Writable, owner: OutboxOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('drain', () => this.#onDrain());
  }

  /** Whether the client has yet to take what it was sent. */
  get isBlocked(): boolean {
    return this.#laterBytes > 0 || this.#socket.writableNeedDrain;
  }

  /** How many bytes the client has yet to take, what is still to be flushed aside. */
  get waitingBytes(): number {
    return this.#laterBytes + this.#socket.writableLength;
  }

  /** `bytes` are whole lines. */
  push(bytes: Buffer): void {
    this.#queued.push(bytes);
  }

  flush(): void {
    if (this.#queued.length === 0) return;
    const bytes = join(this.#queued);
    this.#queued.length = 0;
    if (!this.#socket.writable) return;
    const waiting = this.#laterBytes + this.#socket.writableLength;
    if (waiting <= pieceBytesMax) this.#bytesMax = waiting + bytes.length + outboxBytesMax;
    else if (waiting + bytes.length > this.#bytesMax && !this.#isClosing) return this.#giveUp();
    if (!this.isBlocked && bytes.length <= pieceBytesMax) return this.#write(bytes);
    this.#later.push(bytes);
    this.#laterBytes += bytes.length;
    this.#writePieces();
  }

  /** Writes all that waits, then ends the stream, or does what is given instead. */
  end(finish: () => void = () => this.#socket.end()): void {
    this.#isClosing = true;
    this.flush();
    for (const bytes of this.#later.splice(0)) this.#write(bytes);
    this.#laterBytes = 0;
    finish();
  }

  /**
   * Tells the owner when the client has taken nothing for `outboxStallMsMax`, although something
   * waits. To be called now and then: `now`, in milliseconds, counts from the first call.
   */
  checkStalled(now: number): void {
    const { writableLength } = this.#socket;
    const taken = this.#writtenBytes - writableLength;
    if (writableLength === 0 || taken !== this.#takenBytes) {
      this.#takenBytes = taken;
      this.#takenAt = now;
    }
    if (now - this.#takenAt > outboxStallMsMax && !this.#isClosing) this.#giveUp();
  }

  /** A client that by then has not taken all that waits now is too slow. */
  takeWithin(ms: number): void {
    const owed = this.#writtenBytes + this.#laterBytes;
    const check = (): void => {
      const taken = this.#writtenBytes - this.#socket.writableLength;
      if (taken < owed && !this.#isClosing) this.#giveUp();
    };
    if (this.waitingBytes > 0) setTimeout(check, ms).unref();
  }

  #write(bytes: Buffer): void {
    this.#writtenBytes += bytes.length;
    this.#socket.write(bytes);
  }

  #writePieces(): void {
    while (!this.#socket.writableNeedDrain) {
      const first = this.#later[0];
      if (first === undefined) return;
      this.#isCut = first.length > pieceBytesMax;
      if (this.#isCut) this.#later[0] = first.subarray(pieceBytesMax);
      else this.#later.shift();
      const piece = first.subarray(0, pieceBytesMax);
      this.#laterBytes -= piece.length;
      this.#write(piece);
    }
  }

  #onDrain(): void {
    this.#writePieces();
    if (!this.isBlocked) this.#owner.onDrained();
  }

  /** Whoever reads slowly is told why they are cut off before all that they would have to read. */
  #giveUp(): void {
    this.#later = this.#isCut ? this.#later.slice(0, 1) : [];
    this.#laterBytes = this.#later[0]?.length ?? 0;
    this.#queued.length = 0;
    this.#isClosing = true;
    this.#owner.onSlow();
  }
}

let lastParts: readonly Buffer[] = [];
let lastJoined: Buffer = Buffer.alloc(0);

/**
 * One buffer out of several. Most members of a room are sent the very same ones, one after
 * another, so the last result is kept and used again, in this turn of the event loop: of what was
 * said nothing is to be held longer than it is of use.
 */
function join(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const same =
    parts.length === lastParts.length && parts.every((part, index) => part === lastParts[index]);
  if (!same) {
    if (lastParts.length === 0) setImmediate(letGoOfJoined);
    lastParts = [...parts];
    lastJoined = joinedTexts(parts);
  }
  return lastJoined;
}

function letGoOfJoined(): void {
  lastParts = [];
  lastJoined = Buffer.alloc(0);
}
