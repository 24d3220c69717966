import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { isStopped } from './process-state.ts';
import { endsWithThisProcess } from './reaper.ts';
import { redisProgram } from './redis-program.ts';
import { until, within } from './until.ts';

const startsWithinMs = 20_000;
const stopsWithinMs = 10_000;
const pausesWithinMs = 5_000;
const pingWithinMs = 1_000;
const commandWithinMs = 10_000;
const portAttemptsMax = 5;
const logTailChars = 2_000;

export interface RedisOptions {
  /** When the append-only file reaches the disk; Redis's own default is `everysec`. */
  readonly appendfsync?: 'always' | 'everysec' | 'no';
  /** More arguments of redis-server; they overrule the ones given here. */
  readonly args?: readonly string[];
  /** Lines of a configuration file, in the place of all that else says how it keeps its data. */
  readonly config?: readonly string[];
  /** Where it keeps its files. One that is given is the caller's, and is not removed at the end. */
  readonly dir?: string;
  readonly port?: number;
}

/** A redis-server of one's own on the loopback, which ends with this process at the latest. */
export interface RedisProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Of the process that runs now or ran last; a restart brings another. */
  readonly pid: number;
  /** SIGKILL; settles when the process is gone. */
  kill9(): Promise<void>;
  /** SIGTERM, also to a paused one; settles when it is gone, after 10 s by SIGKILL and an error. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and files; stops it before, if it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, and are taken, but nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** Sends one command over a connection of its own; an error if there is no answer in 10 s. */
  command(name: string, ...args: (string | Buffer | number)[]): Promise<unknown>;
}

/** What it takes to start the same server again. */
interface Launch {
  readonly program: string;
  readonly dir: string;
  readonly port: number;
  /** A configuration file, if it is to have one. */
  readonly file: readonly string[];
  readonly args: readonly string[];
}

/**
 * Starts a Redis with an append-only file and no snapshots, and waits until it answers.
 *
 * @throws Error with the end of its log when it does not come up
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisProcess> {
  const program = await redisProgram();
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'securechat-redis-'));
  const args = serverArgs(options);
  const file = options.config === undefined ? [] : [configFile(dir, options.config)];
  for (let attempt = 1; ; attempt++) {
    const launch = { program, dir, file, args, port: options.port ?? (await freePort()) };
    try {
      return new RunningRedis(launch, await launched(launch), options.dir === undefined);
    } catch (error) {
      // Somebody else can take a free port before Redis listens on it: then another is tried.
      const taken = error instanceof Error && /Address already in use/i.test(error.message);
      if (taken && options.port === undefined && attempt < portAttemptsMax) continue;
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }
}

class RunningRedis implements RedisProcess {
  readonly #launch: Launch;
  readonly #ownsDir: boolean;
  #child: ChildProcess;

  constructor(launch: Launch, child: ChildProcess, ownsDir: boolean) {
    this.#launch = launch;
    this.#child = child;
    this.#ownsDir = ownsDir;
    // For a process that ends without disposing of its servers.
    process.once('exit', this.#removeDir);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#launch.port;
  }

  get dir(): string {
    return this.#launch.dir;
  }

  get pid(): number {
    return pidOf(this.#child);
  }

  async kill9(): Promise<void> {
    await ended(this.#child, 'SIGKILL');
  }

  async stop(): Promise<void> {
    const stopped = ended(this.#child, 'SIGTERM');
    this.resume();
    try {
      await within(stopped, stopsWithinMs, 'redis-server to stop');
    } catch (error) {
      await this.kill9();
      throw error;
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#child = await launched(this.#launch);
  }

  async pause(): Promise<void> {
    const { pid } = this;
    this.#child.kill('SIGSTOP');
    await until(() => isStopped(pid), { what: 'redis-server to pause', withinMs: pausesWithinMs });
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async command(name: string, ...args: (string | Buffer | number)[]): Promise<unknown> {
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      protocol: 2,
      lazyConnect: true,
      retryStrategy: null,
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    // What went wrong is told by the command's own rejection.
    client.on('error', () => undefined);
    try {
      return await within(client.call(name, args), commandWithinMs, `an answer to ${name}`);
    } finally {
      client.disconnect();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill9();
    process.off('exit', this.#removeDir);
    this.#removeDir();
  }

  readonly #removeDir = (): void => {
    if (this.#ownsDir) rmSync(this.dir, { recursive: true, force: true });
  };
}

function serverArgs(options: RedisOptions): readonly string[] {
  const { appendfsync = 'everysec', args = [], config } = options;
  const loopback = ['--bind', '127.0.0.1', '--daemonize', 'no'];
  const durability = ['--save', '', '--appendonly', 'yes', '--appendfsync', appendfsync];
  return [...loopback, ...(config === undefined ? durability : []), ...args];
}

function configFile(dir: string, lines: readonly string[]): string {
  const path = join(dir, 'redis.conf');
  writeFileSync(path, lines.join('\n'));
  return path;
}

async function launched({ program, dir, port, file, args }: Launch): Promise<ChildProcess> {
  const logFile = join(dir, `redis-${port}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(program, [...file, '--port', String(port), '--dir', dir, ...args], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  endsWithThisProcess(child);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  child.once('exit', (code, signal) => (failure ??= new Error(`it ended (${code ?? signal})`)));
  try {
    const bound = { what: 'redis-server to answer', withinMs: startsWithinMs };
    await until(async () => failure ?? (await answers(port, pidOf(child))), bound);
    if (failure !== undefined) throw failure;
  } catch (error) {
    await ended(child, 'SIGKILL');
    const tail = readFileSync(logFile, 'utf8').slice(-logTailChars);
    throw new Error(`${program} did not start: ${String(error)}\n${tail}`, { cause: error });
  }
  // It ends with this process, and is no reason for this process to go on.
  child.unref();
  return child;
}

/** Whether the server on the port is the one meant, and has read its files. */
async function answers(port: number, pid: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => socket.destroy());
  // QUIT ends the connection after the answers.
  socket.write('PING\r\nINFO server\r\nQUIT\r\n');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  try {
    await within(closed, pingWithinMs, 'PONG');
  } finally {
    socket.destroy();
  }
  const isReady = text.startsWith('+PONG') && text.includes(`\nprocess_id:${pid}\r`);
  // One that wants a password does not say who it is.
  return isReady || text.startsWith('-NOAUTH');
}

/** Sends a signal that ends the process, and settles when it is gone. */
async function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const isGone = child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined || isGone) return;
  child.ref();
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('redis-server was not started');
  return child.pid;
}
