import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { ChatClient } from '../support/chat-client.ts';
import { endsWithThisProcess } from '../support/reaper.ts';
import { until, within } from '../support/until.ts';

/** The program, compiled. */
export const mainFile = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const endsWithinMs = 30_000;
const servesWithinMs = 30_000;

export interface CliOptions {
  /** The folder in which it runs. */
  readonly cwd: string;
  /** Added to an environment that holds nothing of ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads on standard input; nothing unless given. */
  readonly input?: string;
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
}

/** How a command ended. */
export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. It ends with this process at the latest. */
export interface CliProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly output: { readonly stdout: string; readonly stderr: string };
  ended(): Promise<CliEnd>;
}

/** Runs `securechat` with these arguments to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliEnd> {
  await using cli = startCli(args, options);
  return await cli.ended();
}

export function startCli(
  args: readonly string[],
  { cwd, env, input, node = [] }: CliOptions,
): CliProcess {
  const child = spawn(process.execPath, [...node, mainFile, ...args], {
    cwd,
    env: { ...foreignEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that needs no input may be gone before it is written.
  child.stdin.on('error', () => undefined).end(input);
  endsWithThisProcess(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const closed = once(child, 'close');
  const ended = async (): Promise<CliEnd> => {
    await within(closed, endsWithinMs, `securechat ${args.join(' ')} to end`);
    return { code: child.exitCode, ...output };
  };
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended();
  };
  return { child, output, ended, [Symbol.asyncDispose]: dispose };
}

/** Runs `securechat serve` and waits for its banner. */
export async function startServe(
  args: readonly string[],
  options: CliOptions,
): Promise<CliProcess & { readonly banner: string }> {
  const cli = startCli(['serve', ...args], options);
  const { child, output } = cli;
  const what = 'the banner of securechat serve';
  await until(() => output.stdout.includes('Ctrl-C\n') || child.exitCode !== null, {
    what,
    withinMs: servesWithinMs,
  });
  if (child.exitCode !== null) throw new Error(`serve ended at once: ${output.stderr}`);
  return { ...cli, banner: output.stdout };
}

/** A client of a server that was started in `cwd`, which trusts the authority made there. */
export function clientOf(t: Test, port: number | string, cwd: string): ChatClient {
  return clientAt(t, Number(port), readFileSync(join(cwd, 'certs', 'ca.crt')));
}

/** A client of the server at a port of this machine, which trusts this authority. */
export function clientAt(t: Test, port: number, ca: Buffer): ChatClient {
  const socket = connect({ host: 'localhost', port, ca });
  t.teardown(() => socket.destroy());
  return new ChatClient(socket);
}

/** What this process was told, without anything that tells the command line something. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(SECURECHAT_|REDIS_URL$|npm_|NO_COLOR$|FORCE_COLOR$|CI$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
