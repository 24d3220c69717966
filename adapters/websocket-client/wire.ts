import { closeCodes, type CloseName } from '../../core/close-code.ts';
import type { ClientFrame } from '../websocket/client-frames.ts';
import type { ServerFrame } from '../websocket/server-frames.ts';
import { type ClientSocket, type OpenSocket, subprotocol } from './client-socket.ts';
import type { LossReason } from './client-state.ts';
import type { Clock } from './clock.ts';
import { Silence } from './silence.ts';

export interface WireEvents {
  /** Called for every frame that comes, until the end. */
  readonly frame: (frame: ServerFrame) => void;
  /** Called once, last; `code` is absent where the client gave up. */
  readonly lost: (why: LossReason, code?: number) => void;
}

/** One connection, from being opened to being lost. */
export class Wire {
  readonly #events: WireEvents;
  readonly #silence: Silence;
  readonly #socket: ClientSocket;
  #wasOpen = false;
  #hasEnded = false;

  constructor(openSocket: OpenSocket, url: string, clock: Clock, events: WireEvents) {
    this.#events = events;
    this.#socket = openSocket(url, subprotocol);
    this.#silence = new Silence(
      clock,
      () => this.send({ type: 'ping', id: pingId }),
      () => this.#giveUp(this.#wasOpen ? 'Silent' : 'Unreachable'),
    );
    this.#socket.addEventListener('open', () => {
      this.#wasOpen = true;
    });
    this.#socket.addEventListener('message', ({ data }) => this.#heard(data));
    // Of a connection that was open the close that follows says more; but where a page's policy
    // forbids an address, Chromium says nothing else. Unheard, it would end a program on Node.
    this.#socket.addEventListener('error', () => {
      if (!this.#wasOpen && !this.#hasEnded) this.#giveUp('Unreachable');
    });
    this.#socket.addEventListener('close', ({ code }) => this.#closed(code));
  }

  send(frame: ClientFrame): void {
    if (!this.#hasEnded) this.#socket.send(JSON.stringify(frame));
  }

  /** Nothing is heard of it any more, `lost` neither. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#silence.end();
    this.#socket.close(normalClosure);
  }

  #heard(data: unknown): void {
    if (this.#hasEnded) return;
    this.#silence.heard();
    const frame = frameOf(data);
    if (frame === undefined) this.#giveUp('Garbled');
    else this.#events.frame(frame);
  }

  #closed(code: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#silence.end();
    this.#events.lost(nameOf(code) ?? (this.#wasOpen ? 'ConnectionLost' : 'Unreachable'), code);
  }

  #giveUp(why: LossReason): void {
    this.end();
    this.#events.lost(why);
  }
}

/** RFC 6455, 7.4.1: the only code below 3000 that a browser lets a page close with. */
const normalClosure = 1000;

/** Requests have numbers. Its answer is like anything that is heard: nobody asked for it. */
const pingId = 'ping';

function nameOf(code: number): CloseName | undefined {
  const names = Object.keys(closeCodes) as readonly CloseName[];
  return names.find((name) => closeCodes[name] === code);
}

/** What a server sends is taken at its word, as far as it is a frame at all. */
function frameOf(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const isFrame = typeof value === 'object' && value !== null && 'type' in value;
    return isFrame ? (value as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
