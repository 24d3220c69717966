import { connect, type TLSSocket } from 'node:tls';

export interface LineSocketOptions {
  readonly port: number;
  readonly host?: string;
  /** The certificates to trust, in PEM. */
  readonly ca: string | Buffer;
  /** False: each line is one TLS record without a line end, as old clients send. */
  readonly lineEnds?: boolean;
}

/** What happens on a connection. */
export interface LineSocketOwner {
  onOpen(): void;
  onLine(line: string): void;
  /** Nothing happens any more. */
  onOver(reason: string): void;
}

/** A connection that carries lines both ways: this file's, or one without a network. */
export type LineCarrier = Pick<
  LineSocket,
  'closed' | 'write' | 'pause' | 'resume' | 'end' | 'vanish'
>;

const backlogBytesMax = 1 << 20;
/** A server's lines are shorter by far; what is longer is none. */
const partialBytesMax = 1 << 16;
const endsWithinMs = 2_000;
const newline = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A TLS connection that carries lines both ways; holds at most 1 MiB that is not sent yet. */
export class LineSocket {
  /** Settles with the reason when the connection is over; never rejects. */
  readonly closed: Promise<string>;
  readonly #socket: TLSSocket;
  readonly #owner: LineSocketOwner;
  readonly #lineEnd: string;
  #partial: Buffer = Buffer.alloc(0);
  #reason = 'closed by the server';
  #backlogBytes = 0;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(
    { port, host = '127.0.0.1', ca, lineEnds }: LineSocketOptions,
    owner: LineSocketOwner,
  ) {
    this.#owner = owner;
    this.#lineEnd = lineEnds === false ? '' : '\n';
    this.#socket = connect({ port, host, ca });
    this.#socket.setNoDelay(true);
    this.#socket.once('secureConnect', () => owner.onOpen());
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => (this.#reason = String(error)));
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        owner.onOver(this.#reason);
        resolve(this.#reason);
      });
    });
  }

  /**
   * Writes one line. Settles when the system has taken it; rejects when the connection breaks
   * before, of which `closed` tells as well.
   *
   * @throws Error when nothing was written: the connection is over, or too much lies unsent
   */
  write(line: string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded)
      throw new Error(`not sent, the connection is over: ${this.#reason}`);
    if (this.#backlogBytes > backlogBytesMax)
      throw new Error(`not sent, ${this.#backlogBytes} bytes lie unsent before it`);
    const bytes = Buffer.from(line + this.#lineEnd);
    this.#backlogBytes += bytes.length;
    const writes = (): Promise<void> =>
      new Promise((resolve, reject) => {
        this.#socket.write(bytes, (error) => {
          this.#backlogBytes -= bytes.length;
          if (error) reject(error);
          else resolve();
        });
      });
    // Node puts writes that wait for each other into one record: without line ends none may wait.
    const written = this.#lineEnd === '' ? this.#lastWrite.then(writes, writes) : writes();
    this.#lastWrite = written;
    // Whoever does not await it hears of a break by `closed`.
    written.catch(() => undefined);
    return written;
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection in good order; settles when it is over, after 2 s by force. */
  async end(): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#reason = 'closed by the client';
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), endsWithinMs);
    await this.closed;
    clearTimeout(timer);
  }

  /** The connection is gone without a word. */
  vanish(): void {
    if (this.#socket.destroyed) return;
    this.#reason = 'cut off by the client';
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    let start = 0;
    try {
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        const line = utf8.decode(bytes.subarray(start, end));
        start = end + 1;
        this.#owner.onLine(line);
      }
    } catch (error) {
      this.#socket.destroy(new Error('what was received cannot be read', { cause: error }));
    }
    this.#partial = bytes.subarray(start);
    if (this.#partial.length > partialBytesMax)
      this.#socket.destroy(new Error(`a line of more than ${partialBytesMax} bytes was received`));
  }
}
