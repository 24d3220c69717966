import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { test } from 'tap';
import { ChatClient } from '../support/chat-client.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { type Ask, askerOf } from '../support/web-client.ts';
import { clientOf, runCli, startServe } from './cli-process.ts';

const anyPort = async (): Promise<readonly string[]> => ['--port', String(await freePort())];

await test('a first start makes what it needs, and says how to connect and how to stop', async (t) => {
  const cwd = t.testdir();
  const [one, two] = [String(await freePort()), String(await freePort())];
  const args = ['--demo', '--port', one, '--port', two];
  await using serve = await startServe(args, { cwd });
  t.match(serve.banner, `127.0.0.1:${one}\n`);
  t.match(serve.banner, new RegExp(`Connect +node \\S+main\\.js connect localhost:${one}\n`));
  t.match(serve.banner, /alice\/password123 {2}bob\/letmein {2}dave\/123456 {2}eve\/qwerty/);
  t.match(serve.banner, 'embedded, in ./data\n');
  t.match(serve.banner, /certs\/server\.crt, made now; valid until \d{4}-\d\d-\d\d\n/);
  t.strictSame(readdirSync(cwd).toSorted(), ['certs', 'data']);
  for (const [port, user] of [
    [one, 'alice password123'],
    [two, 'bob letmein'],
  ] as const) {
    const client = clientOf(t, port, cwd);
    await client.sees('AUTH_REQUIRED: LOGIN <user> <pass>');
    client.send(`LOGIN ${user}`);
    await client.sees(`SUCCESS: Welcome ${user.split(' ')[0]}. You are in lobby.`);
  }
  const lines = serve.output.stderr.trimEnd().split('\n');
  const [serving] = lines.map((line) => JSON.parse(line) as { readonly msg: string });
  t.match(
    serving,
    { msg: 'serving', servers: [{ port: Number(one) }, { port: Number(two) }] },
    'away from a terminal the log is JSON',
  );
});

await test('each server says where browsers find it, on ports that others leave it', async (t) => {
  const cwd = t.testdir();
  await using one = await startServe([...(await anyPort()), ...(await anyPort())], { cwd });
  const found = [...one.banner.matchAll(/https:\/\/localhost:\d+/g)].map(([address]) => address);
  t.equal(new Set(found).size, 2, found.join(' '));
  const [first = ''] = found;
  const ca = readFileSync(join(cwd, 'certs', 'ca.crt'));
  const askedOf = (web: string): Ask => askerOf(Number(new URL(web).port), ca);
  for (const web of found) {
    const { status, headers } = await askedOf(web)('/readyz');
    t.equal(status, 200);
    t.equal(headers['strict-transport-security'], undefined);
    const knowsAll = async (): Promise<boolean> => {
      const policy = String((await askedOf(web)('/')).headers['content-security-policy']);
      return found.every((each) => policy.includes(` ${each.replace('https', 'wss')}`));
    };
    await until(knowsAll, { what: `${web} to know of both`, withinMs: 5_000 });
  }
  t.match(one.banner, /choose Advanced and go on, or run\n +node \S+main\.js certs trust\n/);
  // A second process, to whom the default port is not left.
  const { port: webPort } = new URL(first);
  const other = ['--data', 'other', '--web-url', 'https://chat.example'];
  await using two = await startServe([...(await anyPort()), ...other], { cwd });
  t.match(two.banner, /Browser +https:\/\/chat\.example\n/);
  const alone = ['--data', 'third', '--web-port', '0'];
  await using none = await startServe([...(await anyPort()), ...alone], { cwd });
  t.notMatch(none.banner, /Browser/);
  const given = ['--data', 'fourth', '--web-port', webPort];
  t.match(await runCli(['serve', ...(await anyPort()), ...given], { cwd }), {
    code: 1,
    stderr: /choose another port with --web-port\.\n$/,
  });
});

await test('Ctrl-C stops it at once with a last line, and a second start finds everything', async (t) => {
  const cwd = t.testdir();
  const args = ['--port', String(await freePort())];
  for (const [round, signal] of (['SIGINT', 'SIGTERM'] as const).entries()) {
    await using serve = await startServe(args, { cwd });
    const isFirst = round === 0;
    t.equal(serve.banner.includes('made now'), isFirst, 'the certificate is made once');
    t.match(serve.banner, /Accounts +none yet; make one:\n +node \S+main\.js user add NAME\n/);
    serve.child.kill(signal);
    const { code, stdout } = await serve.ended();
    t.equal(code, 0);
    // Had the time been up that it gives itself, it would say that the log was not told.
    t.match(stdout, /stopping …\nStopped\. The log is kept; start again to go on\.\n$/);
  }
});

await test('a start that fails leaves the certificate as it is; one that succeeds adds its host', async (t) => {
  const cwd = t.testdir();
  await runCli(['certs'], { cwd });
  const file = join(cwd, 'certs', 'server.crt');
  const before = readFileSync(file);
  const port = String(await freePort());
  const elsewhere = await runCli(['serve', '--host', '192.0.2.1', '--port', port], { cwd });
  t.equal(elsewhere.code, 1);
  t.same(readFileSync(file), before, 'an address of another machine');
  const host = ['--host', '127.0.0.2'];
  {
    await using first = await startServe(['--port', port], { cwd });
    const used = await runCli(['serve', ...host, '--port', port], { cwd });
    t.match(used, { code: 1, stderr: `in use by another server (process ${first.child.pid})` });
    t.same(readFileSync(file), before, 'a data folder that is in use');
  }
  await using serve = await startServe([...host, '--port', port], { cwd });
  t.match(serve.banner, /server\.crt, renewed now by the authority /);
  const ca = readFileSync(join(cwd, 'certs', 'ca.crt'));
  const socket = connect({ host: '127.0.0.2', port: Number(port), ca });
  t.teardown(() => socket.destroy());
  await new ChatClient(socket).reads('AUTH_REQUIRED: LOGIN <user> <pass>');
  t.ok(socket.authorized, 'it is served with the name at once');
});

await test('a host that cannot be added to the certificate is told', async (t) => {
  const cwd = t.testdir();
  await runCli(['certs'], { cwd });
  rmSync(join(cwd, 'certs', 'ca.key'));
  const args = ['--host', '127.0.0.2', '--port', String(await freePort())];
  await using serve = await startServe(args, { cwd });
  t.match(
    serve.output.stderr,
    /certs\/server\.crt does not name 127\.0\.0\.2, and [^"]* is not there/,
  );
});
