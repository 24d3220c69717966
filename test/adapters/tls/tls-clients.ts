import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { runPython } from '../../support/python.ts';
import { within } from '../../support/until.ts';

const withinMs = 20_000;

/** Verifies strictly (RFC 5280), as Python does by default from 3.13 on. */
const python = `
import socket, ssl, sys
trust, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ssl.create_default_context(cafile=trust)
context.verify_flags |= ssl.VERIFY_X509_STRICT
try:
    with socket.create_connection((host, port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            print(secure.version(), secure.recv(100).decode().strip())
except ssl.SSLCertVerificationError as error:
    print('refused:', error.verify_message)
`;

/** What a client saw: the protocol and the greeting, or why it refused. */
export type Sight = string;

/** Serves a greeting over TLS on the loopback while `look` runs. */
export async function servingTls<T>(
  pair: { readonly cert: Buffer; readonly key: Buffer },
  look: (port: number) => Promise<T>,
): Promise<T> {
  const server = createServer({ cert: pair.cert, key: pair.key, minVersion: 'TLSv1.3' });
  server.on('secureConnection', (socket) => {
    // A client that refuses the certificate resets the connection.
    socket.on('error', () => socket.destroy());
    socket.end('hello\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await look((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

/** Connects with Python's ssl, which trusts the certificates of one file and no others. */
export async function pythonSees(trustFile: string, host: string, port: number): Promise<Sight> {
  const printed = await runPython(python, [trustFile, host, String(port)], { timeoutMs: withinMs });
  return printed.trim();
}

/** Connects with Node's tls, which trusts the certificates of one file and no others. */
export async function nodeSees(trustFile: string, host: string, port: number): Promise<Sight> {
  const ca = readFileSync(trustFile);
  const socket = connect({ host, port, ca });
  const sight = new Promise<Sight>((resolve) => {
    socket.once('error', ({ message }) => resolve(`refused: ${message}`));
    socket.once('data', (bytes: Buffer) => {
      resolve(`${socket.getProtocol()} ${bytes.toString().trim()}`);
    });
  });
  try {
    return await within(sight, withinMs, `Node to connect to ${host}`);
  } finally {
    socket.destroy();
  }
}
