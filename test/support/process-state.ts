import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether SIGSTOP has taken effect: a signal is sent at once, and acts a moment later. */
export function isStopped(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) {
    return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })[0] === 'T';
  }
  // The state follows the name, which is in parentheses and may hold some itself.
  return /\) T [^)]*$/.test(readFileSync(stat, 'utf8'));
}
