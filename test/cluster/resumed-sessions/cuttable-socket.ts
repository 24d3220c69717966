import { WebSocket } from 'ws';

import type { ClientSocket } from '../../../adapters/websocket-client/client-socket.ts';

/** How long a server goes on believing in a client that has gone. */
const halfOpenMs = 3_000;
/** RFC 6455, 7.4.1: a connection that was lost. */
const abnormalClosure = 1006;

/** Whether a frame is the last that is heard. */
export type IsLast = (frame: string) => boolean;

interface Address {
  readonly url: string;
  readonly protocol: string;
  /** The certificate to trust. */
  readonly ca: Buffer;
}

/** A client's connection that a test can take away, as a network does. */
export class CuttableSocket implements ClientSocket {
  readonly #webSocket: WebSocket;
  readonly #closeListeners: ((event: { readonly code: number }) => void)[] = [];
  readonly #onCut: () => void;
  #isLast: IsLast = () => false;
  #isCut = false;

  constructor({ url, protocol, ca }: Address, onCut: () => void) {
    this.#onCut = onCut;
    this.#webSocket = new WebSocket(url, protocol, { ca });
    this.#webSocket.addEventListener('close', ({ code }) => this.#closed(code));
  }

  get isOpen(): boolean {
    return !this.#isCut && this.#webSocket.readyState === WebSocket.OPEN;
  }

  /** What is on its way is lost. Where the end is `halfOpen`, the server does not come to know. */
  cut(end: 'reset' | 'halfOpen'): void {
    if (this.#isCut) return;
    this.#onCut();
    this.#closed(abnormalClosure);
    if (end === 'reset') return this.#webSocket.terminate();
    this.#webSocket.pause();
    setTimeout(() => this.#webSocket.terminate(), halfOpenMs).unref();
  }

  /** Cuts it after such a frame, before any that came with it. */
  cutAfter(isLast: IsLast): void {
    this.#isLast = isLast;
  }

  send(text: string): void {
    if (!this.#isCut) this.#webSocket.send(text);
  }

  close(code?: number): void {
    this.#webSocket.close(code);
  }

  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: string, listener: (event: never) => void): void {
    const heard = listener as (event: unknown) => void;
    if (type === 'close') this.#closeListeners.push(heard);
    else
      this.#webSocket.addEventListener(type as 'message', (event) => {
        if (this.#isCut) return;
        heard(event);
        if (typeof event.data === 'string' && this.#isLast(event.data)) this.cut('reset');
      });
  }

  #closed(code: number): void {
    if (this.#isCut) return;
    this.#isCut = true;
    for (const listener of this.#closeListeners) listener({ code });
  }
}
