import type { Writable } from 'node:stream';

/** More than this waits for a client only if it has stopped reading. */
export const outboxBytesMax = 1_048_576;
/** A client that takes nothing for so long is as good as gone. */
export const outboxStallMsMax = 10_000;

/**
 * What waits to be sent to one client. Bytes pushed between two flushes leave in one write: one
 * TLS record instead of many.
 */
export class Outbox {
  readonly #socket: Writable;
  readonly #onSlow: () => void;
  readonly #queued: Buffer[] = [];
  #queuedBytes = 0;
  #writtenBytes = 0;
  #takenBytes = 0;
  #takenAt = 0;

  constructor(socket: Writable, onSlow: () => void) {
    this.#socket = socket;
    this.#onSlow = onSlow;
  }

  push(bytes: Buffer): void {
    this.#queued.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes + this.#socket.writableLength > outboxBytesMax) this.#onSlow();
  }

  flush(): void {
    if (this.#queued.length === 0) return;
    const bytes = join(this.#queued);
    this.#queued.length = 0;
    this.#queuedBytes = 0;
    if (!this.#socket.writable) return;
    this.#writtenBytes += bytes.length;
    this.#socket.write(bytes);
  }

  /**
   * Whether the client has taken nothing for `outboxStallMsMax`, although something waits. To be
   * asked now and then: `now`, in milliseconds, counts from the first time it is asked.
   */
  isStalled(now: number): boolean {
    const waiting = this.#socket.writableLength;
    const taken = this.#writtenBytes - waiting;
    if (waiting === 0 || taken !== this.#takenBytes) {
      this.#takenBytes = taken;
      this.#takenAt = now;
    }
    return now - this.#takenAt > outboxStallMsMax;
  }
}

let lastParts: readonly Buffer[] = [];
let lastJoined: Buffer = Buffer.alloc(0);

/**
 * One buffer out of several. Most members of a room are sent the very same ones, one after
 * another, so the last result is kept and used again.
 */
function join(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const same =
    parts.length === lastParts.length && parts.every((part, index) => part === lastParts[index]);
  if (!same) {
    lastParts = [...parts];
    lastJoined = Buffer.concat(parts);
  }
  return lastJoined;
}
