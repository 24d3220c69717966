import type { Duplex } from 'node:stream';

import type { Answer } from '../../core/answer.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { ClientLink, LinkAcceptor, LinkOwner, WireFormat } from '../client-link.ts';
import { Outbox } from '../outbox.ts';
import { parseGreetingLine, parseSessionLine } from './line-command.ts';
import { type DecodedLine, LineDecoder } from './line-decoder.ts';
import { answerText, deliveryText } from './line-text.ts';

/** A client that has sent bytes without a line end and falls silent so long sends no line ends. */
export const quietMs = 200;
/** How long a closed connection may take to let go, its last lines included. */
const closeMsMax = 2_000;

export const lineFormat: WireFormat = {
  delivery(delivery: Delivery): Buffer | undefined {
    const text = deliveryText(delivery);
    return text === '' ? undefined : Buffer.from(text);
  },
  answer: (answer: Answer): Buffer => Buffer.from(answerText(answer)),
};

/** One client on the line protocol, over any byte stream. */
export class LineLink implements ClientLink {
  readonly format = lineFormat;
  readonly address: string;
  readonly #socket: Duplex;
  readonly #outbox: Outbox;
  readonly #decoder = new LineDecoder();
  readonly #owner: LinkOwner;
  readonly #onAdmitted: () => void;
  #quietTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(
    socket: Duplex,
    address: string,
    accept: LinkAcceptor,
    onAdmitted: () => void = () => {},
  ) {
    this.#socket = socket;
    this.address = address;
    this.#onAdmitted = onAdmitted;
    this.#outbox = new Outbox(socket, () => this.#owner.onSlow());
    this.#owner = accept(this);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => {
      this.#offer(this.#decoder.quiet());
      this.#owner.onEnd();
    });
    // A reset or a broken pipe: `close` follows.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(this.#quietTimer);
      this.#owner.onClosed();
    });
  }

  send(bytes: Buffer): void {
    if (!this.#closing) this.#outbox.push(bytes);
  }

  flush(): void {
    this.#outbox.flush();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#closing) this.#socket.resume();
  }

  admit(): void {
    this.#onAdmitted();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.flush();
    this.#socket.end();
    // What the client still sends is read and dropped, so that its end of the stream is seen.
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), closeMsMax).unref();
  }

  /** To be called now and then: a client that takes nothing is told to its owner. */
  checkStalled(now: number): void {
    if (!this.#closing && this.#outbox.isStalled(now)) this.#owner.onSlow();
  }

  #read(chunk: Buffer): void {
    if (this.#closing) return;
    this.#offer(this.#decoder.push(chunk));
    if (this.#decoder.awaitsQuiet) this.#awaitQuiet();
    else clearTimeout(this.#quietTimer);
  }

  #awaitQuiet(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#offer(this.#decoder.quiet()), quietMs);
  }

  #offer(lines: readonly DecodedLine[]): void {
    for (const line of lines)
      this.#owner.onInput((loggedIn) =>
        loggedIn ? parseSessionLine(line) : parseGreetingLine(line),
      );
  }
}
