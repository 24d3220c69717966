import type { Duplex } from 'node:stream';

import type { Answer } from '../../core/answer.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { ClientLink, LinkAcceptor, LinkOwner, WireFormat } from '../client-link.ts';
import { Outbox } from '../outbox.ts';
import { textBytes } from '../text-memory.ts';
import { parseGreetingLine, parseSessionLine } from './line-command.ts';
import { type DecodedLine, LineDecoder } from './line-decoder.ts';
import { answerText, deliveryText } from './line-text.ts';

/** A client that has sent bytes without a line end and falls silent so long sends no line ends. */
export const quietMs = 200;
/**
 * What the system was given so long ago has been acknowledged, or it would have given the connection
 * up: Linux does after half an hour at most (tcp(7), tcp_retries2).
 */
export const acknowledgedMsMax = 1_800_000;
/** How long a closed connection may take to let go, its last lines included. */
const closeMsMax = 1_000;

export const lineFormat: WireFormat = {
  transport: 'line',
  echoes: false,
  resumes: false,
  delivery(delivery: Delivery): Buffer | undefined {
    const text = deliveryText(delivery);
    return text === '' ? undefined : textBytes(text);
  },
  answer(answer: Answer): Buffer | undefined {
    const text = answerText(answer);
    return text === '' ? undefined : textBytes(text);
  },
  cursor: () => undefined,
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
  /** What is left of the chunk that was read last. */
  #lines: Iterator<DecodedLine, undefined> = [][Symbol.iterator]();
  #paused = false;
  /** Whether the client has sent nothing for a while since then. */
  #isSilent = false;
  #hasEnded = false;
  /** Whether its owner waits to hear that the client has what it was sent. */
  #isAsked = false;
  /** Whether something of the client came in this turn of the event loop. */
  #isSpeaking = false;
  #acknowledgedTimer: NodeJS.Timeout | undefined;
  #quietTimer: NodeJS.Timeout | undefined;
  #quietCheck: NodeJS.Immediate | undefined;
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
    this.#outbox = new Outbox(socket, {
      onSlow: () => this.#owner.onSlow(),
      onDrained: () => {
        if (this.#isSpeaking) this.#answerSpoken();
        this.#owner.onDrained();
      },
    });
    this.#owner = accept(this);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // It can come while the client is paused, before its last lines were given.
    socket.on('end', () => {
      this.#hasEnded = true;
      this.#fallSilent();
    });
    // A reset or a broken pipe: `close` follows.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#unawaitQuiet();
      clearTimeout(this.#acknowledgedTimer);
      this.#owner.onClosed();
    });
  }

  get isBlocked(): boolean {
    return this.#outbox.isBlocked;
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  send(bytes: Buffer): void {
    if (!this.#closing) this.#outbox.push(bytes);
  }

  flush(): void {
    this.#outbox.flush();
  }

  takeWithin(ms: number): void {
    this.#outbox.takeWithin(ms);
  }

  /** A line client is not asked: whatever it sends after this is the answer. */
  confirm(): void {
    this.#isAsked = true;
    this.#awaitAcknowledgement();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (this.#closing) return;
    this.#paused = false;
    this.#offer();
    if (!this.#paused) this.#socket.resume();
  }

  admit(): void {
    this.#onAdmitted();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#outbox.end();
    // What the client still sends is read and dropped, so that its end of the stream is seen.
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), closeMsMax).unref();
  }

  /** To be called now and then: a client that takes nothing is told to its owner. */
  checkStalled(now: number): void {
    if (!this.#closing) this.#outbox.checkStalled(now);
  }

  #read(chunk: Buffer): void {
    if (this.#closing) return;
    this.#unawaitQuiet();
    this.#hear();
    this.#isSilent = false;
    this.#lines = this.#decoder.push(chunk);
    this.#offer();
    if (this.#decoder.awaitsQuiet) this.#awaitQuiet();
  }

  /** The client speaks: it has all that the system was given before. */
  #hear(): void {
    this.#answerSpoken();
    // The system tells of what it has read before it tells, in the same turn, of what it has written.
    this.#isSpeaking = this.#isAsked;
    if (this.#isSpeaking) setImmediate(() => (this.#isSpeaking = false));
  }

  /** Its owner may ask once more, about what was sent since the first question: it has that too. */
  #answerSpoken(): void {
    while (this.#isAsked && !this.#outbox.isBlocked) this.#answer();
  }

  #answer(): void {
    this.#isAsked = false;
    clearTimeout(this.#acknowledgedTimer);
    this.#owner.onTaken();
  }

  /** Somebody may only listen, for days. */
  #awaitAcknowledgement(): void {
    clearTimeout(this.#acknowledgedTimer);
    this.#acknowledgedTimer = setTimeout(() => {
      // What still waits here has not been given to the system.
      if (this.#outbox.isBlocked) this.#awaitAcknowledgement();
      else this.#answer();
    }, acknowledgedMsMax).unref();
  }

  #awaitQuiet(): void {
    this.#quietTimer = setTimeout(() => {
      // If this process was busy for so long, the client's next bytes may lie here unread.
      this.#quietCheck = setImmediate(() => this.#fallSilent());
    }, quietMs);
  }

  #unawaitQuiet(): void {
    clearTimeout(this.#quietTimer);
    clearImmediate(this.#quietCheck);
  }

  #fallSilent(): void {
    this.#isSilent = true;
    this.#offer();
  }

  /** Gives the owner what was read, for as long as they take it. */
  #offer(): void {
    while (!this.#paused && !this.#closing) {
      const { value: line } = this.#lines.next();
      if (line !== undefined)
        this.#owner.onInput({
          command: (user) =>
            user === undefined ? parseGreetingLine(line) : parseSessionLine(line, user),
        });
      else if (this.#isSilent && this.#decoder.awaitsQuiet)
        this.#lines = this.#decoder.quiet()[Symbol.iterator]();
      else {
        if (this.#hasEnded) this.#owner.onEnd();
        return;
      }
    }
  }
}
