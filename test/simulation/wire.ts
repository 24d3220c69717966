import type { Duplex } from 'node:stream';
import { LineLink } from '../../adapters/line/line-link.ts';
import type { LinkAcceptor, LinkOwner } from '../../adapters/client-link.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import type { LineCarrier, LineSocketOwner } from '../support/line-socket.ts';
import { readServerLine } from '../support/server-line.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Each way, at most. */
const latencyMs = 5;
/** A client that has ended its connection waits so long for the server to do so. */
const endsWithinMs = 2_000;
const closedByServer = 'closed by the server';

/** Where a connection leads to. */
export interface Listener {
  readonly process: Process;
  readonly accept: LinkAcceptor;
  /** The session that a connection has logged in to. */
  readonly sessionOf: (connection: LinkOwner) => string | undefined;
}

/**
 * A client's connection to a server: what is written at one end arrives at the other a little
 * later and in order, unless the connection breaks. The server's end is the line adapter's.
 */
export class Wire implements LineCarrier {
  readonly closed: Promise<string>;
  /** Once logged in: what the client is not told, and the judge wants to know. */
  session: string | undefined;
  /** Whether it ended otherwise than by the server: then not all may have been read. */
  isBroken = false;
  /** The direct messages that the server has written to it. */
  readonly directs: string[] = [];
  /** How many of them it had written when it last heard of the client. */
  directsBeforeLastWord = 0;
  readonly #world: World;
  readonly #owner: LineSocketOwner;
  readonly #process: Process | undefined;
  #onOver: (reason: string) => void = () => {};
  /** The client's end of the stream whose other end the server holds. */
  #end: Duplex | undefined;
  #isOver = false;
  #partial = '';
  /** When the last thing under way arrives, each way. */
  #arrives = { there: 0, here: 0 };

  /** Without a listener nobody takes the connection. */
  constructor(
    world: World,
    listener: Listener | undefined,
    address: string,
    owner: LineSocketOwner,
  ) {
    this.#world = world;
    this.#owner = owner;
    this.#process = listener?.process;
    this.closed = new Promise((resolve) => {
      this.#onOver = resolve;
    });
    if (listener === undefined) {
      this.#carry('here', () => this.#over('refused'));
      return;
    }
    this.#there(() => this.#accept(listener, address));
    this.#carry('here', () => owner.onOpen());
  }

  write(line: string): Promise<void> {
    if (this.#isOver) throw new Error('not sent, the connection is over');
    this.#there(() => this.#end?.write(`${line}\n`));
    return Promise.resolve();
  }

  pause(): void {
    this.#there(() => this.#end?.pause());
  }

  resume(): void {
    this.#there(() => this.#end?.resume());
  }

  /** Ends the connection in good order: what was sent arrives first. */
  async end(): Promise<void> {
    this.#there(() => this.#end?.end());
    this.#world.later(endsWithinMs, () => this.vanish());
    await this.closed;
  }

  /** The client is gone; what it sent arrives, or is lost with the connection. */
  vanish(): void {
    if (this.#isOver) return;
    this.#over('cut off by the client');
    if (this.#world.random.chance(0.5)) this.#arrives.there = 0;
    this.#there(() => this.#end?.destroy());
  }

  /** The server's machine says that there is no such connection any more. */
  reset(): void {
    this.#carry('here', () => this.#over('reset by the server'));
  }

  /** Happens in the server's process. */
  #accept({ accept, sessionOf }: Listener, address: string): void {
    const [here, there] = duplexPair();
    this.#end = here;
    let connection: LinkOwner;
    const greet: LinkAcceptor = (link) => (connection = accept(link));
    const admitted = (): void => void (this.session = sessionOf(connection));
    here.on('data', (chunk: Buffer) => this.#carry('here', () => this.#read(chunk)));
    here.on('end', () => this.#hangUp());
    here.on('close', () => this.#hangUp());
    // What is sent to a connection that is gone.
    here.on('error', () => {});
    there.on('data', () => (this.directsBeforeLastWord = this.directs.length));
    const write = there.write.bind(there) as (bytes: Buffer) => boolean;
    const noting = (bytes: Buffer): boolean => {
      this.#noteDirects(bytes.toString());
      return write(bytes);
    };
    void new LineLink(Object.assign(there, { write: noting }), address, greet, admitted);
  }

  #noteDirects(lines: string): void {
    for (const line of lines.split('\n')) {
      const said = readServerLine(line);
      if (said.kind === 'direct') this.directs.push(said.text);
    }
  }

  #hangUp(): void {
    this.#carry('here', () => {
      this.#over(closedByServer);
      this.#there(() => this.#end?.end());
    });
  }

  #read(chunk: Buffer): void {
    if (this.#isOver) return;
    const lines = (this.#partial + chunk.toString()).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#owner.onLine(line);
  }

  #over(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.isBroken = reason !== closedByServer;
    this.#owner.onOver(reason);
    this.#onOver(reason);
  }

  #there(event: () => void): void {
    this.#carry('there', () => this.#process?.deliver(event));
  }

  /** In order: what is sent later arrives later. */
  #carry(way: 'there' | 'here', arrive: () => void): void {
    const { now, random } = this.#world;
    const arrives = Math.max(this.#arrives[way], now + 1 + random.below(latencyMs));
    this.#arrives[way] = arrives;
    this.#world.later(arrives - now, arrive);
  }
}
