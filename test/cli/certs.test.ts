import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { invocation } from '../../cli/invocation.ts';
import { mainFile, runCli } from './cli-process.ts';

await test('certs makes what is missing, and shows how another machine can trust it', async (t) => {
  const cwd = t.testdir();
  const { code, stdout, stderr } = await runCli(['certs', '--name', 'chat.example'], { cwd });
  t.equal(code, 0);
  t.equal(stderr, '');
  const certificate = (file: string) => new X509Certificate(readFileSync(join(cwd, 'certs', file)));
  t.match(stdout, 'Server certificate, made now\n');
  t.match(stdout, 'certs/server.crt (key: certs/server.key)');
  t.match(stdout, `SHA-256      ${certificate('server.crt').fingerprint256}\n`);
  t.match(stdout, /Names +localhost, 127\.0\.0\.1, ::1, .*chat\.example\n/);
  t.match(stdout, 'Development authority, made now\n');
  t.match(stdout, `SHA-256      ${certificate('ca.crt').fingerprint256}\n`);
  t.match(stdout, /Name +SecureChat development authority [0-9a-f]{8}\n/);
  t.match(stdout, /Valid until +\d{4}-\d\d-\d\d\n/);
  t.match(stdout, /copy certs\/ca\.crt there/);
  const [command = ''] = /\S.* connect \S+:1222 --ca ca\.crt(?=\n)/.exec(stdout) ?? [];
  t.ok(command.startsWith(`${invocation(mainFile, cwd)} connect `), command);
  const again = await runCli(['certs'], { cwd });
  t.equal(again.stdout, stdout.replaceAll(', made now', ''), 'a second time nothing is made');
  t.strictSame(await runCli(['certs', '--show'], { cwd }), again);
});

await test('a name that cannot be added is a failure, and why is told', async (t) => {
  const cwd = t.testdir();
  const at = (name: string): string => join(cwd, 'certs', name);
  const adding = () => runCli(['certs', '--name', 'b.example'], { cwd });
  await runCli(['certs', '--name', 'a.example'], { cwd });
  const before = readFileSync(at('server.crt'));
  const caKey = readFileSync(at('ca.key'));
  rmSync(at('ca.key'));
  t.strictSame(await adding(), {
    code: 1,
    stdout: '',
    stderr:
      'securechat: certs/server.crt does not name b.example, and certs/ca.key, which could add it, is not there: put it there, or choose another folder to begin with a new authority.\n',
  });
  t.match(await runCli(['certs', '--name', 'a.example'], { cwd }), { code: 0 }, 'it is there');
  writeFileSync(at('ca.key'), readFileSync(at('server.key')), { mode: 0o600 });
  t.match(await adding(), {
    code: 1,
    stdout: '',
    stderr: /^securechat: No certificate can be made: certs\/ca\.key is not the key of /,
  });
  writeFileSync(at('ca.key'), caKey);
  rmSync(at('ca.crt'));
  t.match(await adding(), {
    code: 1,
    stdout: '',
    stderr:
      /^securechat: certs\/server\.crt does not name b\.example, and is of no authority in certs/,
  });
  t.same(readFileSync(at('server.crt')), before);
});

await test('a certificate holds so many names and no more', async (t) => {
  const cwd = t.testdir();
  const names = Array.from({ length: 40 }, (_, index) => ['--name', `n${index}.example`]);
  t.match(await runCli(['certs', ...names.flat()], { cwd }), {
    code: 1,
    stdout: '',
    stderr:
      /^securechat: A certificate here holds 32 names at most, so [^\n]*n39\.example is not in certs\/server\.crt/,
  });
});

await test('certs --show makes nothing', async (t) => {
  const cwd = t.testdir();
  t.strictSame(await runCli(['certs', '--show'], { cwd }), {
    code: 1,
    stdout: '',
    stderr:
      'securechat: There is no certificate in certs: run the same without --show to make one.\n',
  });
  t.strictSame(readdirSync(cwd), []);
});

await test('certs trust shows the commands for this system, and changes nothing', async (t) => {
  const cwd = t.testdir();
  const nothing = await runCli(['certs', 'trust'], { cwd });
  t.match(nothing, {
    code: 1,
    stdout: '',
    stderr: /^securechat: There is no development authority in certs that could be trusted: /,
  });
  t.strictSame(readdirSync(cwd), []);
  await runCli(['certs', '--certs', 'here'], { cwd });
  const file = join(cwd, 'here', 'ca.crt');
  const ca = new X509Certificate(readFileSync(file));
  const before = readdirSync(join(cwd, 'here'));
  const { code, stdout, stderr } = await runCli(['certs', 'trust', '--certs', 'here'], { cwd });
  t.match({ code, stderr }, { code: 0, stderr: '' });
  t.match(stdout, `  ${ca.subject.replace('CN=', '')}\n  SHA-256 ${ca.fingerprint256}\n`);
  t.match(stdout, file);
  t.match(stdout, /To take it back:\n {2}\S/);
  t.strictSame(readdirSync(join(cwd, 'here')), before);
});

await test('the folder is the one of --certs, or of SECURECHAT_CERTS', async (t) => {
  const cwd = t.testdir();
  const env = { SECURECHAT_CERTS: 'elsewhere' };
  t.match(await runCli(['certs', '--certs', 'here'], { cwd, env }), { code: 0 });
  t.match(await runCli(['certs'], { cwd, env }), { code: 0 });
  t.match(await runCli(['certs', '--certs', ''], { cwd, env }), {
    code: 2,
    stderr: 'securechat: --certs is empty.\n',
  });
  t.strictSame(readdirSync(cwd).toSorted(), ['elsewhere', 'here']);
});

await test('a certificate that is no use, and names that are none, are told in a sentence', async (t) => {
  const cwd = t.testdir({ certs: {} });
  const names = await runCli(['certs', '--name', 'a b', '--name', 'under_score'], { cwd });
  t.strictSame(names, {
    code: 2,
    stdout: '',
    stderr:
      'securechat: "a b" is neither a host name nor an address.\nsecurechat: "under_score" is neither a host name nor an address.\n',
  });
  t.match(await runCli(['certs', '--show', '--name', 'a.example'], { cwd }), { code: 2 });
  writeFileSync(join(cwd, 'certs', 'server.crt'), 'nonsense');
  writeFileSync(join(cwd, 'certs', 'server.key'), 'nonsense');
  t.strictSame(await runCli(['certs'], { cwd }), {
    code: 1,
    stdout: '',
    stderr:
      'securechat: certs/server.crt holds no certificate: it should begin with -----BEGIN CERTIFICATE-----.\n',
  });
});
