import { createPrivateKey } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { CertificateProblem } from '../../../adapters/tls/certificate-problem.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';

const dayMs = 86_400_000;

await test('what cannot be used is told in one sentence with the way out', async (t) => {
  const dir = t.testdir({ own: {}, other: {}, half: {}, 'not-pem': 'hello', folder: {} });
  const own = await loadOrMakeCertificates({ dir: join(dir, 'own') });
  const other = await loadOrMakeCertificates({ dir: join(dir, 'other') });
  const { certFile, keyFile } = own;
  const notPem = join(dir, 'not-pem');
  const locked = join(dir, 'locked.key');
  const cipher = { cipher: 'aes-128-cbc', passphrase: 'x' };
  writeFileSync(
    locked,
    createPrivateKey(own.key).export({ type: 'pkcs8', format: 'pem', ...cipher }),
  );
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      join(dir, 'none'),
      keyFile,
      /^Cannot read .*none, given as --cert: no such file or directory\.$/,
    ],
    [certFile, join(dir, 'folder'), /^Cannot read .*folder, given as --key: illegal operation/],
    [certFile, other.keyFile, /does not belong to the certificate in .*server\.crt: give the two/],
    [notPem, keyFile, /not-pem holds no certificate: it should begin with/],
    [certFile, notPem, /not-pem holds no private key: it should begin with/],
    [certFile, locked, /locked by a passphrase: give one without/],
  ];
  for (const [cert, key, message] of cases) {
    const problem = loadOrMakeCertificates({ certFile: cert, keyFile: key });
    await t.rejects(problem, { name: 'CertificateProblem', message }, String(message));
  }
  const expired = loadOrMakeCertificates({ certFile, keyFile }, Date.now() + 900 * dayMs);
  await t.rejects(expired, { message: /ended on .*: put a new one in its place, with its key\.$/ });
  const early = loadOrMakeCertificates({ certFile, keyFile }, Date.now() - 2 * dayMs);
  await t.rejects(early, { message: /is valid only from .*: is this machine's clock right\?$/ });
});

await test('half of a pair in the folder is not overwritten', async (t) => {
  const dir = t.testdir({ own: {}, cert: {}, key: {}, ca: {}, weak: {} });
  const at = (...path: string[]) => join(dir, ...path);
  await loadOrMakeCertificates({ dir: at('own') });
  copyFileSync(at('own', 'server.crt'), at('cert', 'server.crt'));
  copyFileSync(at('own', 'server.key'), at('key', 'server.key'));
  copyFileSync(at('own', 'ca.crt'), at('ca', 'ca.crt'));
  const cases = [
    ['cert', /server\.crt is there, but its key .*server\.key is not/],
    ['key', /server\.key is there, but its certificate .*server\.crt is not/],
    ['ca', /ca\.crt is there without its key .*ca\.key\. Put it there, or choose another/],
  ] as const;
  for (const [name, message] of cases) {
    const before = readdirSync(at(name));
    await t.rejects(loadOrMakeCertificates({ dir: at(name) }), {
      name: 'CertificateProblem',
      message,
    });
    t.strictSame(readdirSync(at(name)), before);
  }
});

await test('a key that others can read is used with a warning', async (t) => {
  const dir = t.testdir();
  const { keyFile } = await loadOrMakeCertificates({ dir });
  chmodSync(keyFile, 0o644);
  const { warnings } = await loadOrMakeCertificates({ dir });
  t.match(warnings, [/server\.key can be read by others than its owner: run chmod 600 /]);
});

await test('a folder that cannot be made is told in a sentence', async (t) => {
  const dir = t.testdir({ file: 'in the way' });
  const problem = loadOrMakeCertificates({ dir: join(dir, 'file', 'certs') });
  await t.rejects(problem, CertificateProblem);
  await t.rejects(problem, {
    message: /^Cannot read the certificates in .*: not a directory\. Choose another/,
  });
});
