import type { Duplex } from 'node:stream';

import type { RawData, WebSocket } from 'ws';

import { closeCodes, type CloseName } from '../../core/close-code.ts';
import type { ClientCommand } from '../../core/command.ts';
import { frameBytesMax } from '../../core/limits.ts';
import type { ClientLink, Input, LinkAcceptor, LinkOwner } from '../client-link.ts';
import { Outbox } from '../outbox.ts';
import { commandOf, commandTypes } from './frame-command.ts';
import { encodeControl, frameFormat } from './frame-format.ts';
import { readFrame, type Unread } from './frame-reader.ts';
import { isUnreadable, leaveUnreadable } from './unreadable.ts';

/** How long a closed connection may take to let go. */
const closeMsMax = 1_000;

/**
 * One client over WebSocket. What it is sent are whole frames, encoded once for all, so they are
 * written to the socket below the library, which reads, and writes the close when all is written.
 */
export class WebSocketLink implements ClientLink {
  readonly format = frameFormat;
  readonly address: string;
  readonly #webSocket: WebSocket;
  readonly #outbox: Outbox;
  readonly #owner: LinkOwner;
  readonly #onAdmitted: () => void;
  #missedPongs = 0;
  /** They are numbered: a client may answer only the latest of several (RFC 6455, 5.5.3). */
  #pings = 0;
  /** The ping whose pong says that the client has what it was sent before. */
  #confirms: number | undefined;
  #isClosing = false;

  /** `socket` is the connection that `webSocket` speaks over. */
  constructor(
    webSocket: WebSocket,
    socket: Duplex,
    address: string,
    accept: LinkAcceptor,
    onAdmitted: () => void = () => {},
  ) {
    this.#webSocket = webSocket;
    this.address = address;
    this.#onAdmitted = onAdmitted;
    this.#outbox = new Outbox(socket, {
      onSlow: () => this.#owner.onSlow(),
      onDrained: () => this.#owner.onDrained(),
    });
    webSocket.on('message', (data: RawData, isBinary: boolean) => this.#read(data, isBinary));
    webSocket.on('pong', (payload: Buffer) => this.#onPong(Number(payload.toString())));
    // Nothing but the outbox writes to the socket: what it has begun may end in the middle of a frame.
    webSocket.on('ping', (payload: Buffer) => this.#sendNow(encodeControl('pong', payload)));
    leaveUnreadable(webSocket);
    webSocket.on('error', (error) => this.#onError(error));
    webSocket.once('close', () => this.#owner.onClosed());
    this.#owner = accept(this);
  }

  get isBlocked(): boolean {
    return this.#outbox.isBlocked;
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  send(bytes: Buffer): void {
    if (!this.#isClosing) this.#outbox.push(bytes);
  }

  flush(): void {
    this.#outbox.flush();
  }

  takeWithin(ms: number): void {
    this.#outbox.takeWithin(ms);
  }

  confirm(): void {
    this.#pushPing();
    this.#confirms = this.#pings;
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    if (!this.#isClosing) this.#webSocket.resume();
  }

  admit(): void {
    this.#onAdmitted();
  }

  close(why: CloseName, words: string = why): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#outbox.end(() => this.#webSocket.close(closeCodes[why], words));
    this.#webSocket.resume();
    setTimeout(() => this.#webSocket.terminate(), closeMsMax).unref();
  }

  /** To be called now and then: a client that takes nothing is told to its owner. */
  checkStalled(now: number): void {
    if (!this.#isClosing) this.#outbox.checkStalled(now);
  }

  /** To be called every 30 s: a client that has not answered the last two is cut off. */
  ping(): void {
    if (this.#isClosing) return;
    if (this.#missedPongs === 2) return this.close('Unresponsive');
    // Whoever is not read from cannot be heard either.
    if (!this.#webSocket.isPaused) this.#missedPongs += 1;
    this.#pushPing();
    this.flush();
  }

  #pushPing(): void {
    this.#pings += 1;
    this.send(encodeControl('ping', Buffer.from(String(this.#pings))));
  }

  #onPong(ping: number): void {
    this.#missedPongs = 0;
    if (this.#confirms === undefined || !(ping >= this.#confirms)) return;
    this.#confirms = undefined;
    this.#owner.onTaken();
  }

  /** Nothing more can be read. After a reset `close` follows by itself. */
  #onError(error: NodeJS.ErrnoException): void {
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      this.close('BadFrame', `A frame has ${frameBytesMax} bytes at most.`);
    else if (isUnreadable(error))
      this.close('BadFrame', 'That is no message of WebSockets, or its text is not UTF-8.');
  }

  #sendNow(bytes: Buffer): void {
    this.send(bytes);
    this.flush();
  }

  #read(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    const read = isBinary ? noText : readFrame(readAndWiped(data as Buffer));
    if (read.kind === 'frame')
      return this.#owner.onInput(inputOf(read.frame.id, commandOf(read.frame)));
    this.#owner.onInput(inputOf(read.id, faultOf(read)));
  }
}

/** What was read lies in memory that is next given out for something else. */
function readAndWiped(data: Buffer): string {
  const text = data.toString();
  data.fill(0);
  return text;
}

const inputOf = (request: string | undefined, command: ClientCommand): Input => ({
  ...(request !== undefined && { request }),
  command: () => command,
});

const noText: Unread = { kind: 'fault', code: 'NotJson', subject: '' };

const faultOf = ({ code, subject, type }: Unread): ClientCommand => ({
  type: 'fault',
  code,
  subject,
  ...(type !== undefined && { of: commandTypes[type] }),
});
