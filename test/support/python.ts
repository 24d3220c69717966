import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const missing =
  'This test needs Python 3.9 or later as python3 on the PATH (on Debian: apt-get install python3).';

export interface PythonOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/**
 * Runs a Python program and answers what it printed: there is no pseudo-terminal in Node, and what a
 * client in another language makes of a certificate only that language can tell.
 * @throws {Error} where there is no Python, in words; where the program fails
 */
export async function runPython(
  program: string,
  args: readonly string[],
  { cwd, env, timeoutMs }: PythonOptions,
): Promise<string> {
  try {
    const options = { cwd, env, timeout: timeoutMs };
    const { stdout } = await promisify(execFile)('python3', ['-c', program, ...args], options);
    return stdout;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing ? new Error(missing, { cause: error }) : error;
  }
}
