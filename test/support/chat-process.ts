import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type CliProcess, startServe } from '../cli/cli-process.ts';
import { ChatClient } from './chat-client.ts';
import { freePort } from './free-port.ts';
import { isStopped } from './process-state.ts';
import { until } from './until.ts';

const pausesWithinMs = 5_000;
const portAttemptsMax = 5;

/** Where the log is: in a Redis, whose URL goes by REDIS_URL, or in a folder of the caller's. */
export type ChatProcessStore = { readonly redis: string } | { readonly data: string };

export type ChatProcessOptions = ChatProcessStore & {
  /** How many chat servers it runs: 1 unless given, and as many free ports unless given. */
  readonly servers?: number;
  readonly ports?: readonly number[];
  /** As `--name`; without, servers are called by their address. */
  readonly name?: string;
  /** Whether the demonstration accounts are made: they are unless told otherwise. */
  readonly demo?: boolean;
  readonly registration?: 'open' | 'closed';
  /** Of one user. */
  readonly messagesPerSecond?: number;
  /** The folder of certificates; without, it makes one of its own. */
  readonly certs?: string;
  /** Of a new log. */
  readonly partitions?: number;
  /** One for each chat server; without, there is nothing for browsers, and it starts sooner. */
  readonly webPorts?: readonly number[];
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
};

/** How a chat process ended by itself. */
export interface ChatProcessEnd {
  readonly code: number | null;
  /** From the signal to the end of the process. */
  readonly tookMs: number;
}

/** One `securechat serve`, from the compiled program; it ends with this process at the latest. */
export interface ChatProcess extends AsyncDisposable {
  /** Of the process that runs now or ran last; a restart brings another. */
  readonly pid: number;
  /** One for each chat server, on 127.0.0.1. */
  readonly ports: readonly number[];
  /** The folder of its certificates, for another process to share; a restart keeps them. */
  readonly certs: string;
  /** The certificate of the authority that clients are to trust. */
  readonly ca: string;
  /** Of the process that runs now or ran last; on standard error the log, a JSON object a line. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** SIGKILL; settles when the process is gone. */
  kill9(): Promise<void>;
  /** SIGSTOP: connections stay open, and are taken, but nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** Asks it to stop, and waits until it has. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<ChatProcessEnd>;
  /** Starts it again as it was started, on the same ports; kills it before, if it runs. */
  restart(): Promise<void>;
  /** A client of one of its servers, the first unless told, connected over TLS and not greeted yet. */
  connect(options?: { readonly server?: number; readonly framed?: boolean }): ChatClient;
}

/**
 * Starts chat servers in a process of their own, and waits until they serve.
 * @throws Error with what it said when it does not come up
 */
export async function startChatProcess(options: ChatProcessOptions): Promise<ChatProcess> {
  const cwd = mkdtempSync(join(tmpdir(), 'securechat-serve-'));
  for (let attempt = 1; ; attempt++) {
    const ports = options.ports ?? (await freePorts(options.servers ?? 1));
    try {
      const started = await launched(options, ports, cwd);
      return new RunningChatProcess(options, ports, cwd, started);
    } catch (error) {
      // Somebody else can take a free port before it is listened on: then others are tried.
      const taken = error instanceof Error && /is taken by another program/.test(error.message);
      if (taken && options.ports === undefined && attempt < portAttemptsMax) continue;
      rmSync(cwd, { recursive: true, force: true });
      throw error;
    }
  }
}

class RunningChatProcess implements ChatProcess {
  readonly ports: readonly number[];
  readonly certs: string;
  readonly ca: string;
  readonly #options: ChatProcessOptions;
  readonly #cwd: string;
  #cli: CliProcess;

  constructor(
    options: ChatProcessOptions,
    ports: readonly number[],
    cwd: string,
    started: CliProcess,
  ) {
    this.#options = options;
    this.ports = ports;
    this.#cwd = cwd;
    this.certs = options.certs ?? join(cwd, 'certs');
    this.ca = join(this.certs, 'ca.crt');
    this.#cli = started;
    // For a process that ends without disposing of its servers.
    process.once('exit', this.#removeFolder);
  }

  get pid(): number {
    const { pid } = this.#cli.child;
    if (pid === undefined) throw new Error('securechat serve was not started');
    return pid;
  }

  get output(): { readonly stdout: string; readonly stderr: string } {
    return this.#cli.output;
  }

  async kill9(): Promise<void> {
    await this.#cli[Symbol.asyncDispose]();
  }

  async pause(): Promise<void> {
    const { pid } = this;
    this.#cli.child.kill('SIGSTOP');
    await until(() => isStopped(pid), { what: 'the server to pause', withinMs: pausesWithinMs });
  }

  resume(): void {
    this.#cli.child.kill('SIGCONT');
  }

  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<ChatProcessEnd> {
    const askedAt = performance.now();
    this.#cli.child.kill(signal);
    const { code } = await this.#cli.ended();
    return { code, tookMs: performance.now() - askedAt };
  }

  async restart(): Promise<void> {
    await this.kill9();
    this.#cli = await launched(this.#options, this.ports, this.#cwd);
  }

  connect({ server = 0, framed = true } = {}): ChatClient {
    const port = this.ports[server];
    if (port === undefined) throw new RangeError(`there is no server ${server}`);
    const socket = connect({ host: '127.0.0.1', port, ca: readFileSync(this.ca) });
    socket.setNoDelay(true);
    return new ChatClient(socket, { framed });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill9();
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  readonly #removeFolder = (): void => rmSync(this.#cwd, { recursive: true, force: true });
}

async function launched(
  options: ChatProcessOptions,
  ports: readonly number[],
  cwd: string,
): Promise<CliProcess> {
  const {
    name,
    demo = true,
    registration,
    partitions,
    messagesPerSecond,
    certs,
    webPorts = ports.map(() => 0),
    args,
    node,
  } = options;
  const given = {
    data: 'data' in options ? options.data : undefined,
    name,
    registration,
    partitions,
    'messages-per-second': messagesPerSecond,
    certs,
  };
  const flags = [
    ...ports.flatMap((port) => ['--port', String(port)]),
    ...webPorts.flatMap((port) => ['--web-port', String(port)]),
    ...Object.entries(given).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}`, String(value)],
    ),
    ...(demo ? ['--demo'] : []),
    ...(args ?? []),
  ];
  const env = 'redis' in options ? { REDIS_URL: options.redis } : {};
  return startServe(flags, { cwd, env, ...(node && { node }) });
}

async function freePorts(howMany: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < howMany) ports.add(await freePort());
  return [...ports];
}
