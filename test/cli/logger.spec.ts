import { execFileSync } from 'node:child_process';
import { test } from 'tap';

const module = new URL('../../cli/logger.js', import.meta.url).href;

/** What a process logs on its standard error. */
function logged(isTerminal: boolean, call: string, env: Record<string, string> = {}): string {
  const script = `
    const { createLogger } = await import(${JSON.stringify(module)});
    const log = createLogger('info', ${isTerminal});
    ${call}
  `;
  // The shell turns standard error around, where execFileSync would only pass it on.
  const command = `"$NODE" --input-type=module -e "$SCRIPT" 2>&1 >/dev/null`;
  return execFileSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NODE: process.execPath, SCRIPT: script, ...env },
  });
}

await test('away from a terminal each line of the log is JSON', async (t) => {
  const line: unknown = JSON.parse(
    logged(false, `log.warn({ server: 'a' }, 'hello'); log.debug('no')`),
  );
  t.match(line, { level: 40, server: 'a', msg: 'hello' });
});

await test('on a terminal it is for a person, and NO_COLOR is heeded', async (t) => {
  const call = `log.warn({ server: 'a' }, 'hello')`;
  t.match(
    logged(true, call, { NO_COLOR: '1' }),
    /^\[\d\d:\d\d:\d\d\] WARN: hello \{"server":"a"\}\n$/,
  );
  t.match(logged(true, call, { FORCE_COLOR: '1' }), '\u001B[33mWARN');
});

await test('of an error its fields are not logged: they may hold a command with a password', async (t) => {
  const call = `
    const cause = Object.assign(new Error('inner'), { command: { name: 'auth', args: ['s3cret'] } });
    const error = new Error('outer', { cause });
    log.error({ err: Object.assign(error, { code: 'EX', command: { args: ['s3cret'] } }) }, 'failed');
  `;
  const line = logged(false, call);
  t.match(JSON.parse(line), {
    err: {
      type: 'Error',
      message: 'outer',
      code: 'EX',
      stack: /outer/,
      cause: { message: 'inner' },
    },
  });
  t.notMatch(line, /s3cret/);
  t.notMatch(logged(true, call), /s3cret/);
});
