import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { WebSocketServer } from 'ws';

import { loadOrMakeCertificates } from '../../../../adapters/tls/certificates.ts';
import { ScriptedChat } from './scripted-chat.ts';

/** The page as it was built, in dist/page; this file runs in dist/test/adapters/page/scripted. */
const page = fileURLToPath(new URL('../../../../page/', import.meta.url));

/** As the server sends it: nothing inline, nothing from elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self' wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page, served over HTTPS under its policy, and the scripted chat that it talks to. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
  readonly chat: ScriptedChat;
}

export async function startPageServer(): Promise<PageServer> {
  const { cert, key } = await certificates;
  const chat = new ScriptedChat();
  const server = createServer({ cert, key }, ({ url = '/' }, response) => {
    const path = normalize(url === '/' ? '/index.html' : url);
    const file = join(page, path);
    const kind = kinds[extname(path)];
    if (kind === undefined || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': kind, 'content-security-policy': policy });
    response.end(readFileSync(file));
  });
  const sockets = new WebSocketServer({ server, path: '/ws' });
  sockets.on('connection', (socket) => chat.connected(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    chat,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      await closed(server);
    },
  };
}

/** Made once for all pages of this process: making keys takes longer than the page does. */
const certificates = madeCertificates();

async function madeCertificates() {
  const dir = await mkdtemp(join(tmpdir(), 'securechat-page-'));
  try {
    return await loadOrMakeCertificates({ dir });
  } finally {
    await rm(dir, { recursive: true });
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
