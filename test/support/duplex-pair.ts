import { Duplex } from 'node:stream';

/**
 * A connection within this process: what is written to one end is read at the other, each write as
 * one chunk, as TLS gives one record at a time. Like a socket with `allowHalfOpen`: an end closes
 * one direction; a write is done when the other side reads on; to destroy one end resets the other.
 */
export function duplexPair(): readonly [Duplex, Duplex] {
  const one = new End();
  const other = new End();
  one.other = other;
  other.other = one;
  return [one, other];
}

class End extends Duplex {
  other: End | undefined;
  /** The other side's write that waits for this side to read. */
  #written: (() => void) | undefined;

  override _read(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.other?.receive(chunk, done);
  }

  override _final(done: () => void): void {
    this.other?.receive(null, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this;
    // In a turn of its own: a peer hears of it later, never within the call.
    setImmediate(() => other?.destroy());
    done(error);
  }

  receive(chunk: Buffer | null, done: () => void): void {
    if (this.push(chunk) || chunk === null) setImmediate(done);
    else this.#written = done;
  }
}
