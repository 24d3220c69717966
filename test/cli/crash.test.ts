import { test } from 'tap';

import { freePort } from '../support/free-port.ts';
import { clientOf, startServe } from './cli-process.ts';
import { logEnd } from './log-end.ts';

/** An error that no part of the program has foreseen, at a moment of the test's choosing. */
const failing = `data:text/javascript,process.on('SIGUSR2', () => { throw new TypeError('arranged by a test') })`;

await test('a server that fails unexpectedly logs where, tells its clients, and ends its incarnation', async (t) => {
  const cwd = t.testdir();
  const port = await freePort();
  const options = { cwd, node: ['--import', failing] };
  await using serve = await startServe(['--demo', '--port', String(port)], options);
  const alice = clientOf(t, port, cwd);
  alice.send('LOGIN alice password123');
  await alice.sees('SUCCESS: Welcome alice. You are in lobby.');
  serve.child.kill('SIGUSR2');
  const { code, stderr } = await serve.ended();
  t.equal(code, 1);
  const lines = stderr.trimEnd().split('\n');
  t.equal(
    lines.pop(),
    'securechat: Something unexpected went wrong: arranged by a test. The log says where.',
  );
  const fatal = lines
    .map((line) => JSON.parse(line) as { level: number; err?: { stack: string } })
    .find(({ level }) => level === 60);
  t.match(fatal?.err?.stack, /^TypeError: arranged by a test\n +at /);
  t.same(
    (await alice.closes()).at(-1),
    'ERROR: This server is stopping. Connect again, or to another server.',
  );
  t.equal(await logEnd(cwd), 'ServerStopped');
});
