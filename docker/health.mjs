// Asks the chat server of this container for its greeting, over TLS, as any client would.
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const port = Number(process.env.SECURECHAT_PORT ?? 1222);
const ca = readFileSync(`${process.env.SECURECHAT_CERTS ?? 'certs'}/ca.crt`);
const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
socket.setTimeout(2_000, () => process.exit(1));
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(1));
socket.on('data', (chunk) => process.exit(chunk.includes('AUTH_REQUIRED') ? 0 : 1));
