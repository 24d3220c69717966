import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type WebSocket, WebSocketServer } from 'ws';

import type { ClientFrame, ClientFrameOf } from '../../adapters/websocket/client-frames.ts';
import type { ServerFrame } from '../../adapters/websocket/server-frames.ts';
import { until } from './until.ts';

const withinMs = 15_000;
type FrameType = ClientFrame['type'];

/** The server's side of one WebSocket connection, which a test speaks by hand. */
export class ScriptedWebSocket {
  readonly request: IncomingMessage;
  readonly #socket: WebSocket;
  readonly #unread: ClientFrame[] = [];
  #isClosed = false;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.#socket = socket;
    this.request = request;
    socket.on('message', (data: Buffer) =>
      this.#unread.push(JSON.parse(data.toString()) as ClientFrame),
    );
    socket.on('close', () => (this.#isClosed = true));
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  send(...frames: readonly ServerFrame[]): void {
    for (const frame of frames) this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  ok(to: ClientFrame, body: object = {}): void {
    this.send({ type: 'ok', id: to.id, ...body });
  }

  refuse(to: ClientFrame, code: string, retryAfterMs?: number): void {
    const again = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.send({ type: 'error', id: to.id, code, message: `${code}, in words`, ...again });
  }

  greet(server = 'one'): void {
    this.send({ type: 'hello', server, registration: 'closed' });
  }

  /** The next frame of the client's, which has to be of this type. */
  async reads<T extends FrameType>(type: T): Promise<ClientFrameOf<T>> {
    const what = `a frame of the type ${type}`;
    const frame = await until(() => this.#unread.shift(), { what, withinMs });
    if (frame.type !== type) throw new Error(`waited for ${what}, and read ${frame.type}`);
    return frame as ClientFrameOf<T>;
  }

  /** What has come and was not read; nothing can be said of what is still to come. */
  get unread(): readonly ClientFrame[] {
    return this.#unread;
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  /** Ends the connection as a network does: without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  async closed(): Promise<void> {
    await until(() => this.#isClosed, { what: 'the client to close', withinMs });
  }
}

/** A WebSocket server on the loopback, without TLS, that says only what a test has it say. */
export interface ScriptedWebSocketServer extends AsyncDisposable {
  readonly url: string;
  /** The next connection, as soon as it is there; each is given out once. */
  connection(): Promise<ScriptedWebSocket>;
}

export async function startScriptedWebSocketServer(): Promise<ScriptedWebSocketServer> {
  const waiting: ScriptedWebSocket[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) =>
    waiting.push(new ScriptedWebSocket(socket, request)),
  );
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    connection: () => until(() => waiting.shift(), { what: 'a client to connect', withinMs }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of server.clients) socket.terminate();
      await closed;
    },
  };
}
