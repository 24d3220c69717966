import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Kills what it is told of as soon as the pipe to this process is closed, however that comes
 * about: a killed process runs no exit handler, but its pipes do close.
 */
const script = `
trap '' HUP INT TERM
living=' '
while read -r sign pid; do
  case "$sign" in
    +) living="$living$pid " ;;
    -) living="\${living%% $pid *} \${living#* $pid }" ;;
  esac
done
for pid in $living; do kill -9 "$pid"; done
`;

const living = new Set<number>();
let reaper: ChildProcess | undefined;

/**
 * Makes sure that a started process ends with this one at the latest, even if this one is killed.
 * A process that ended earlier is forgotten, so its id can never be killed by mistake.
 */
export function endsWithThisProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  reaper ??= startReaper();
  living.add(pid);
  reaper.stdin?.write(`+ ${pid}\n`);
  child.once('exit', () => {
    living.delete(pid);
    reaper?.stdin?.write(`- ${pid}\n`);
  });
}

function startReaper(): ChildProcess {
  // In a process group of its own, so that Ctrl-C and a runner's group kill leave it to its work.
  const started = spawn('/bin/sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  started.unref();
  process.once('exit', () => {
    for (const pid of living) killNow(pid);
  });
  return started;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself, and its `exit` event comes too late for us.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
