import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from 'node:tls';

import { loadOrMakeCertificates } from '../../adapters/tls/certificates.ts';
import { ChatClient } from './chat-client.ts';
import { until } from './until.ts';

/** The first line of every connection. */
export const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';

/** The server's side of one connection, which a test speaks by hand. */
export class ScriptedConnection extends ChatClient {
  constructor(stream: Duplex, { greets = true } = {}) {
    super(stream);
    if (greets) this.send(greeting);
  }

  /** Takes this login, and the receipts that a terminal turns on. */
  async logsIn(user: string, password: string, { receipts = true } = {}): Promise<void> {
    await this.reads(`LOGIN ${user} ${password}`);
    this.send(`SUCCESS: Welcome ${user}. You are in lobby.`);
    if (!receipts) return;
    await this.reads('/receipts on');
    this.send('SUCCESS: Receipts on.');
  }
}

/** A TLS server on the loopback that says only what a test has it say. */
export interface ScriptedLineServer extends AsyncDisposable {
  readonly port: number;
  /** The authority to trust, and the folder `certs` it lies in. */
  readonly caFile: string;
  /** The next connection, as soon as it is there; each is given out once. */
  connection(): Promise<ScriptedConnection>;
}

/** @param certs a folder for its certificates, made if there are none */
export async function startScriptedLineServer(
  certs: string,
  { port = 0, greets = true } = {},
): Promise<ScriptedLineServer> {
  const { cert, key, caFile = '' } = await loadOrMakeCertificates({ dir: certs });
  const waiting: ScriptedConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket) =>
    waiting.push(new ScriptedConnection(socket, { greets })),
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const next = { what: 'a client to connect', withinMs: 15_000 };
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    connection: () => until(() => waiting.shift(), next),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
