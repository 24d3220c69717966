import type { ClientFrame } from '../websocket/client-frames.ts';
import type { OpenSocket } from './client-socket.ts';
import type { Clock } from './clock.ts';
import type { Reconnection } from './reconnection.ts';
import { Wire, type WireEvents } from './wire.ts';

/** One connection after another, and the wait between them; never two at once. */
export class Connections {
  readonly #openSocket: OpenSocket;
  readonly #clock: Clock;
  readonly #reconnection: Reconnection;
  readonly #events: WireEvents;
  #wire: Wire | undefined;
  #cancelWait: (() => void) | undefined;

  constructor(
    openSocket: OpenSocket,
    clock: Clock,
    reconnection: Reconnection,
    events: WireEvents,
  ) {
    this.#openSocket = openSocket;
    this.#clock = clock;
    this.#reconnection = reconnection;
    this.#events = events;
  }

  /** Connects now. */
  open(): void {
    this.end();
    this.#wire = new Wire(this.#openSocket, this.#reconnection.url, this.#clock, this.#events);
  }

  /** Connects to the next server after a wait, of `leastMs` at least. */
  reopen(leastMs: number): { readonly attempt: number; readonly retryAtMs: number } {
    this.end();
    const nowMs = this.#clock.now();
    const { attempt, waitMs } = this.#reconnection.lost(nowMs);
    const ms = Math.max(waitMs, leastMs);
    this.#cancelWait = this.#clock.setTimer(() => this.open(), ms);
    return { attempt, retryAtMs: nowMs + ms };
  }

  /** Ends the wait, if there is one. */
  hurry(): void {
    if (this.#cancelWait !== undefined) this.open();
  }

  /** A session is open on this connection; these servers can resume it. */
  online(servers: readonly string[]): void {
    this.#reconnection.know(servers);
    this.#reconnection.online(this.#clock.now());
  }

  send(frame: ClientFrame): void {
    this.#wire?.send(frame);
  }

  end(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#wire?.end();
    this.#wire = undefined;
  }
}
