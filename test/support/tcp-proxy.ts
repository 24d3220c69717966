import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** What of a request is kept for a reply's predicate: enough to know a command by its name. */
const requestBytesKept = 4_096;

type Direction = 'toServer' | 'toClient' | 'both';

/**
 * Which replies are meant: the next so many on any connection, or those for which this holds. A
 * reply is what one read of the server's side brings; `request` is the start of what the client
 * has sent on that connection since its last reply, commands sent together being one. So
 * `(_reply, request) => request.includes('evalsha')` finds a reply by its command.
 */
export type Replies = number | ((reply: Buffer, request: Buffer) => boolean);

/** A network in miniature between clients and one server, whose faults are a method each. */
export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Taken since the start, and open now. */
  readonly connections: { readonly total: number; readonly open: number };
  /** Passed on since the start. */
  readonly bytes: { readonly toServer: number; readonly toClient: number };
  /** Replies that dropReplies and cutBetween have kept from clients. */
  readonly dropped: number;
  /** Ends every fault but a refusal: what a black hole held flows again; half-open leftovers are ended. */
  pass(): void;
  /** Holds what is sent, connections stay open; an end is held like a byte. */
  blackhole(direction?: Direction): void;
  /** Resets every open connection on both sides; new ones pass as before. */
  reset(): void;
  /** Refuses new connections (ECONNREFUSED) until `accept`; open ones go on. */
  refuse(): void;
  accept(): Promise<void>;
  /** Keeps these replies from the client and resets its connection, on both sides. */
  dropReplies(replies: Replies): void;
  /**
   * Resets the client's side once `passBytes` of such a reply have gone to it. The server's side
   * stays open and unread, as if the client's machine had died, until `pass`, `reset` or the end.
   */
  cutBetween(replies: Replies, passBytes?: number): void;
}

/** Starts a proxy on the loopback to a port of the loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new FaultyProxy(targetPort, await freePort());
  await proxy.accept();
  return proxy;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  request: Buffer;
  isCut: boolean;
}

interface Cut {
  readonly replies: Replies;
  readonly passBytes: number;
  readonly keepsServer: boolean;
}

class FaultyProxy implements TcpProxy {
  readonly port: number;
  readonly bytes = { toServer: 0, toClient: 0 };
  dropped = 0;
  readonly #targetPort: number;
  readonly #listener: Server;
  readonly #links = new Set<Link>();
  #total = 0;
  #hole: Direction | 'none' = 'none';
  #cut: Cut | undefined;

  constructor(targetPort: number, port: number) {
    this.#targetPort = targetPort;
    this.port = port;
    const options = { allowHalfOpen: true, noDelay: true };
    this.#listener = createServer(options, (client) => this.#link(client));
  }

  get connections(): { total: number; open: number } {
    const open = [...this.#links].filter(({ client }) => !client.destroyed).length;
    return { total: this.#total, open };
  }

  pass(): void {
    this.#cut = undefined;
    for (const { client, server } of this.#links) {
      if (client.destroyed) resetNow(server);
      if (server.destroyed) resetNow(client);
    }
    this.#setHole('none');
  }

  blackhole(direction: Direction = 'both'): void {
    this.#setHole(direction);
  }

  reset(): void {
    for (const { client, server } of this.#links) {
      resetNow(client);
      resetNow(server);
    }
  }

  refuse(): void {
    this.#listener.close();
  }

  async accept(): Promise<void> {
    if (this.#listener.listening) return;
    this.#listener.listen(this.port, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  dropReplies(replies: Replies): void {
    this.#cut = { replies, passBytes: 0, keepsServer: false };
  }

  cutBetween(replies: Replies, passBytes = 0): void {
    this.#cut = { replies, passBytes, keepsServer: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    this.reset();
  }

  #link(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
    server.setNoDelay(true);
    const link: Link = { client, server, request: Buffer.alloc(0), isCut: false };
    this.#total += 1;
    this.#links.add(link);
    client.on('data', (chunk: Buffer) => this.#toServer(link, chunk));
    server.on('data', (chunk: Buffer) => this.#toClient(link, chunk));
    this.#joinEnds(link, client, server, 'toServer');
    this.#joinEnds(link, server, client, 'toClient');
    this.#flow(link);
  }

  /** What ends one side ends the other in the same way, unless a black hole lies between. */
  #joinEnds(link: Link, near: Socket, far: Socket, direction: Direction): void {
    near.on('end', () => far.end());
    near.on('drain', () => this.#flow(link));
    near.on('error', () => {
      if (!this.#holds(direction) && !link.isCut) resetNow(far);
    });
    near.on('close', () => {
      if (far.destroyed) this.#links.delete(link);
    });
  }

  #toServer(link: Link, chunk: Buffer): void {
    if (link.request.length < requestBytesKept) {
      link.request = Buffer.concat([link.request, chunk]).subarray(0, requestBytesKept);
    }
    this.bytes.toServer += chunk.length;
    link.server.write(chunk);
    this.#flow(link);
  }

  #toClient(link: Link, chunk: Buffer): void {
    const { request } = link;
    link.request = Buffer.alloc(0);
    const cut = this.#cutFor(chunk, request);
    const passed = cut === undefined ? chunk : chunk.subarray(0, cut.passBytes);
    this.bytes.toClient += passed.length;
    if (cut === undefined) {
      link.client.write(passed);
    } else {
      this.dropped += 1;
      link.isCut = true;
      link.client.write(passed, () => resetNow(link.client));
      if (!cut.keepsServer) resetNow(link.server);
    }
    this.#flow(link);
  }

  #cutFor(reply: Buffer, request: Buffer): Cut | undefined {
    const cut = this.#cut;
    if (cut === undefined) return undefined;
    if (typeof cut.replies === 'function') return cut.replies(reply, request) ? cut : undefined;
    this.#cut = cut.replies > 1 ? { ...cut, replies: cut.replies - 1 } : undefined;
    return cut;
  }

  #setHole(hole: Direction | 'none'): void {
    this.#hole = hole;
    for (const link of this.#links) this.#flow(link);
  }

  #holds(direction: Direction): boolean {
    return this.#hole === 'both' || this.#hole === direction;
  }

  /** Reads from a side only what the other side may have and has room for. */
  #flow({ client, server, isCut }: Link): void {
    const isToServer = !isCut && !this.#holds('toServer') && !server.writableNeedDrain;
    const isToClient = !isCut && !this.#holds('toClient') && !client.writableNeedDrain;
    if (isToServer) client.resume();
    else client.pause();
    if (isToClient) server.resume();
    else server.pause();
  }
}

function resetNow(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
