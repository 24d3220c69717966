/**
 * The floor that the chat is compared with: one process, TLS 1.3, each line it is sent becomes one
 * Buffer that is written once to each other socket of its room, which a socket's first line names. No
 * parsing beyond the line, no log, no coalescing. Started by the benchmark with the paths of a certificate and key; prints its port.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

const [certFile = '', keyFile = ''] = process.argv.slice(2);
const rooms = new Map<string, Set<TLSSocket>>();

const server = createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3' },
  (socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    let room: Set<TLSSocket> | undefined;
    socket.on('close', () => room?.delete(socket));
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        const line = Buffer.from(rest.subarray(0, end + 1));
        if (room === undefined) room = enter(line.toString(), socket);
        else broadcast(room, socket, line);
        rest = rest.subarray(end + 1);
      }
    });
  },
);
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

function enter(name: string, socket: TLSSocket): Set<TLSSocket> {
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  return room;
}

function broadcast(room: ReadonlySet<TLSSocket>, from: TLSSocket, line: Buffer): void {
  for (const socket of room) if (socket !== from) socket.write(line);
}
