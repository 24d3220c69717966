import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { runCli } from './cli-process.ts';

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
  t.match(stdout, /copy certs\/ca\.crt there[\s\S]* securechat connect \S+:1222 --ca ca\.crt\n/);
  const again = await runCli(['certs'], { cwd });
  t.equal(again.stdout, stdout.replaceAll(', made now', ''), 'a second time nothing is made');
  t.strictSame(await runCli(['certs', '--show'], { cwd }), again);
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

await test('the folder is the one of --dir, or of SECURECHAT_CERTS', async (t) => {
  const cwd = t.testdir();
  const env = { SECURECHAT_CERTS: 'elsewhere' };
  t.match(await runCli(['certs', '--dir', 'here'], { cwd, env }), { code: 0 });
  t.match(await runCli(['certs'], { cwd, env }), { code: 0 });
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
