/**
 * The load: clients that talk in rooms, in a process of their own. Takes a `Load` as JSON on its
 * standard input, connects and says `ready`; then, for each line with a number of seconds, talks for
 * so long and prints a `LoadResult`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { connect, type TLSSocket } from 'node:tls';

export interface Load {
  /** Clients are spread over these ports in turn. */
  readonly ports: readonly number[];
  readonly caFile: string;
  readonly clients: number;
  /** The clients of one room are on all ports alike. */
  readonly rooms: number;
  readonly messagesPerSecond: number;
  /** Bytes of a message's text. */
  readonly messageBytes: number;
  /** Log in and join by the line protocol; without it, lines are all there is. */
  readonly logsIn: boolean;
}

export interface LoadResult {
  readonly sent: number;
  readonly expected: number;
  readonly delivered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const load = JSON.parse(((await lines.next()).value as string | undefined) ?? '{}') as Load;
const ca = readFileSync(load.caFile);
const marker = 'bench:';
const password = 'bench-password';
/** After the last was sent; what comes later counts as lost. */
const arriveWithinMs = 10_000;
const roomSize = load.clients / load.rooms;
let latencies: number[] = [];

const clients = await openAll();
console.log('ready');
for await (const seconds of lines) console.log(JSON.stringify(await talk(Number(seconds))));
process.exit(0);

async function openAll(): Promise<TLSSocket[]> {
  const opened: TLSSocket[] = [];
  // A few at a time: a password's check takes a core for tens of milliseconds.
  for (let first = 0; first < load.clients; first += 8) {
    const some = Array.from({ length: Math.min(8, load.clients - first) }, (_, i) => first + i);
    opened.push(...(await Promise.all(some.map(open))));
  }
  return opened;
}

async function open(index: number): Promise<TLSSocket> {
  const port = load.ports[index % load.ports.length] ?? 0;
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  socket.setNoDelay(true);
  if (load.logsIn) {
    await saw(socket, 'AUTH_REQUIRED');
    // The first run makes the accounts, the others find them.
    socket.write(`REGISTER bench-${index} ${password}\nLOGIN bench-${index} ${password}\n`);
    await saw(socket, 'SUCCESS: Welcome');
    socket.write(`/join ${roomOf(index)}\n`);
    await saw(socket, 'SUCCESS: Joined');
  } else {
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    socket.write(`${roomOf(index)}\n`);
  }
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const now = performance.now();
    const whole = (rest + chunk).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) receive(line, now);
  });
  return socket;
}

function receive(line: string, now: number): void {
  const at = line.indexOf(marker);
  if (at < 0) return;
  latencies.push(now - Number(line.slice(at + marker.length, line.indexOf(' ', at))));
}

async function talk(seconds: number): Promise<LoadResult> {
  latencies = [];
  const startedAt = performance.now();
  const total = Math.round(load.messagesPerSecond * seconds);
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * load.messagesPerSecond);
    for (; sent < due; sent++) send(sent);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const expected = total * (roomSize - 1);
  const giveUpAt = performance.now() + arriveWithinMs;
  while (latencies.length < expected && performance.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 10));
  latencies.sort((one, other) => one - other);
  const delivered = latencies.length;
  return { sent, expected, delivered, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** Everybody talks in turn; the stride changes the room each time. */
function send(number: number): void {
  const socket = clients[(number * 7) % clients.length];
  const text = `${marker}${performance.now().toFixed(3)} `.padEnd(load.messageBytes, 'x');
  socket?.write(`${text}\n`);
}

function quantile(q: number): number {
  return latencies[Math.floor(latencies.length * q)] ?? Number.NaN;
}

/** Consecutive pairs share a room, so that with two ports each room is on both. */
function roomOf(index: number): string {
  return `bench-${Math.floor(index / 2) % load.rooms}`;
}

function saw(socket: TLSSocket, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const onData = (chunk: Buffer): void => {
      seen += chunk.toString('latin1');
      if (!seen.includes(words)) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed before "${words}": ${seen}`)));
  });
}
