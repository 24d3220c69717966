import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { endsWithThisProcess } from './reaper.ts';
import { until, within } from './until.ts';

const run = promisify(execFile);
const startsWithinMs = 15_000;
const showsWithinMs = 20_000;
const stopsWithinMs = 10_000;

export interface PaneOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program in a terminal of its own, as a person would see and use it. */
export interface Pane extends AsyncDisposable {
  /** Types a text, key by key. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: `Enter`, `C-c`, `Left`, … */
  press(...keys: readonly string[]): Promise<void>;
  /** Pastes a text in one piece, marked as pasted if the program asked for that. */
  paste(text: string): Promise<void>;
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>;
  /** The rows that are seen, without the empty ones at the end. */
  rows(): Promise<readonly string[]>;
  /** The same with their colours, as escape sequences. */
  styledRows(): Promise<readonly string[]>;
  /** Waits until the cursor is there; both are counted from 0. */
  hasCursorAt(place: { readonly row: number; readonly column: number }): Promise<void>;
  /** Waits until the last rows are these. */
  shows(...last: readonly string[]): Promise<void>;
  /** Waits until one of the rows matches. */
  showsMatching(pattern: RegExp): Promise<void>;
  /** Waits for the program's end, and promises its exit code. */
  exited(): Promise<number>;
  /** Closes the terminal under the program: all that is left to do with it. */
  hangUp(): Promise<void>;
}

/**
 * tmux 3.3 misses a program's end now and then, so the end is written down; and the terminal stays
 * to be looked at. A Ctrl-C is for the program.
 */
const keepExitCode = 'trap : INT; file=$1; shift; "$@"; echo $? > "$file"; exec sleep 1000';

/** Runs a command in a tmux of its own, which ends with this process at the latest. */
export async function startInTmux(
  command: readonly string[],
  { columns, rows, cwd, env = {} }: PaneOptions,
): Promise<Pane> {
  const program = await tmuxProgram();
  const folder = mkdtempSync(join(tmpdir(), 'tmux-'));
  const socket = ['-S', join(folder, 'socket')];
  const server = spawn(program, ['-u', ...socket, '-f', '/dev/null', '-D'], {
    env: { ...process.env, ...env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
    stdio: 'ignore',
  });
  endsWithThisProcess(server);
  const tmux = async (...args: readonly string[]): Promise<string> => {
    // -N: a server of its own is started by nobody but us.
    const { stdout } = await run(program, ['-N', '-u', ...socket, ...args]);
    return stdout;
  };
  await until(() => tmux('show-options', '-g').then(() => true), {
    what: 'tmux to start',
    withinMs: startsWithinMs,
  });
  await tmux('set-option', '-g', 'default-terminal', 'screen-256color');
  const size = ['-x', String(columns), '-y', String(rows)];
  const exitFile = join(folder, 'exit');
  const wrapped = ['sh', '-c', keepExitCode, 'sh', exitFile, ...command];
  await tmux('new-session', '-d', ...size, '-c', cwd, '--', ...wrapped);
  return new TmuxPane(tmux, exitFile, async () => {
    // Without a session it has ended by itself.
    if (server.exitCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await within(gone, stopsWithinMs, 'tmux to end');
    }
    rmSync(folder, { recursive: true, force: true });
  });
}

class TmuxPane implements Pane {
  readonly #tmux: (...args: readonly string[]) => Promise<string>;
  readonly #exitFile: string;
  readonly #stop: () => Promise<void>;

  constructor(
    tmux: (...args: readonly string[]) => Promise<string>,
    exitFile: string,
    stop: () => Promise<void>,
  ) {
    this.#tmux = tmux;
    this.#exitFile = exitFile;
    this.#stop = stop;
  }

  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text);
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async paste(text: string): Promise<void> {
    await this.#tmux('set-buffer', '--', text);
    await this.#tmux('paste-buffer', '-p');
  }

  async resize({ columns, rows }: { columns: number; rows: number }): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async rows(): Promise<readonly string[]> {
    return lines(await this.#tmux('capture-pane', '-p'));
  }

  async styledRows(): Promise<readonly string[]> {
    return lines(await this.#tmux('capture-pane', '-pe'));
  }

  async hasCursorAt({ row, column }: { row: number; column: number }): Promise<void> {
    const place = (): Promise<string> =>
      this.#tmux('display-message', '-p', '#{cursor_y} #{cursor_x}');
    const wanted = `${row} ${column}`;
    await until(async () => (await place()).trim() === wanted, {
      what: `the cursor in row ${row}, column ${column}`,
      withinMs: showsWithinMs,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}; it is at ${await place()}`, { cause: error });
    });
  }

  async shows(...last: readonly string[]): Promise<void> {
    const wanted = last.join('\n');
    await this.#until(
      JSON.stringify(last),
      (rows) => rows.slice(-last.length).join('\n') === wanted,
    );
  }

  async showsMatching(pattern: RegExp): Promise<void> {
    await this.#until(String(pattern), (rows) => rows.some((row) => pattern.test(row)));
  }

  async exited(): Promise<number> {
    const code = (): string =>
      existsSync(this.#exitFile) ? readFileSync(this.#exitFile, 'utf8').trim() : '';
    const ended = await until(() => code() !== '' && code(), {
      what: 'the program to end',
      withinMs: showsWithinMs,
    });
    return Number(ended);
  }

  async hangUp(): Promise<void> {
    await this.#tmux('kill-session');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  async #until(what: string, holds: (rows: readonly string[]) => boolean): Promise<void> {
    let seen: readonly string[] = [];
    const condition = async (): Promise<boolean> => {
      seen = await this.rows();
      return holds(seen);
    };
    await until(condition, { what, withinMs: showsWithinMs }).catch((error: unknown) => {
      throw new Error(`${String(error)}; seen:\n${seen.join('\n')}`, { cause: error });
    });
  }
}

let program: Promise<string> | undefined;

/** What scripts/tmux.mjs finds or makes available. Looked for once in a process. */
async function tmuxProgram(): Promise<string> {
  program ??= run(process.execPath, [join(projectFolder(), 'scripts', 'tmux.mjs')]).then(
    ({ stdout }) => stdout.trimEnd().split('\n').at(-1) ?? '',
  );
  return program;
}

/** This file runs compiled, a level deeper than it stands. */
function projectFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function lines(captured: string): readonly string[] {
  const rows = captured.split('\n').map((row) => row.trimEnd());
  while (rows.at(-1) === '') rows.pop();
  return rows;
}
