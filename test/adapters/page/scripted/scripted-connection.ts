import type { WebSocket } from 'ws';

import type { ClientFrame } from '../../../../adapters/websocket/client-frames.ts';
import type { ServerFrame } from '../../../../adapters/websocket/server-frames.ts';
import type { ErrorCode } from '../../../../core/error-catalogue.ts';

/** One page that is connected, and who is logged in there. */
export class ScriptedConnection {
  readonly #socket: WebSocket;
  user: string | undefined;

  constructor(socket: WebSocket, receive: (frame: ClientFrame) => void) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => receive(JSON.parse(data.toString()) as ClientFrame));
  }

  send(frame: ServerFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  ok({ id }: ClientFrame, body: object = {}): void {
    this.send({ type: 'ok', id, ...body });
  }

  refuse({ id }: ClientFrame, code: ErrorCode, message: string): void {
    this.send({ type: 'error', id, code, message });
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  /** As a network does it: without a word. */
  cut(): void {
    this.#socket.terminate();
  }
}
