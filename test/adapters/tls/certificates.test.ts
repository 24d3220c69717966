import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';
import { canBeCertified } from '../../../adapters/tls/certificate-names.ts';
import { loadCertificates, loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';
import { nodeSees, pythonSees, servingTls } from './tls-clients.ts';

const dayMs = 86_400_000;
const hosts = ['localhost', '127.0.0.1'];

await test('a client that trusts ca.crt or server.crt alone accepts what was made', async (t) => {
  const dir = t.testdir();
  const made = await loadOrMakeCertificates({ dir });
  await servingTls(made, async (port) => {
    for (const trust of ['ca.crt', 'server.crt'].map((name) => join(dir, name))) {
      for (const host of hosts) {
        t.equal(await pythonSees(trust, host, port), 'TLSv1.3 hello', `Python, ${trust}, ${host}`);
        t.equal(await nodeSees(trust, host, port), 'TLSv1.3 hello', `Node, ${trust}, ${host}`);
      }
    }
  });
});

await test("another machine's authority, and the bare server certificate, are not enough", async (t) => {
  const dir = t.testdir({ other: {}, bare: {} });
  const made = await loadOrMakeCertificates({ dir });
  const other = await loadOrMakeCertificates({ dir: join(dir, 'other') });
  const bare = join(dir, 'bare', 'server.crt');
  writeFileSync(bare, new X509Certificate(made.cert).toString());
  await servingTls(made, async (port) => {
    for (const trust of [other.certFile, bare]) {
      t.match(await pythonSees(trust, 'localhost', port), /^refused: /, `Python, ${trust}`);
      t.match(await nodeSees(trust, 'localhost', port), /^refused: /, `Node, ${trust}`);
    }
  });
});

await test('the certificates say what RFC 5280 asks for, and keys are for their owner', async (t) => {
  const dir = t.testdir();
  const made = await loadOrMakeCertificates({ dir });
  const ca = new X509Certificate(readFileSync(join(dir, 'ca.crt')));
  const server = new X509Certificate(made.cert);
  t.ok(ca.ca);
  t.notOk(server.ca);
  t.ok(server.verify(ca.publicKey));
  t.ok(server.checkIssued(ca));
  t.strictSame(server.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'for serving TLS only');
  t.strictSame(made.names.slice(0, 3), ['localhost', '127.0.0.1', '::1']);
  t.equal(made.names.includes(hostname().toLowerCase()), canBeCertified(hostname()));
  t.equal(server.checkIP('::1'), '::1');
  t.ok(daysOf(server) <= 825, 'longer ones are refused by some systems');
  t.ok(daysOf(server) > 800);
  t.equal(Math.floor(daysOf(ca)), 3_650);
  t.match(server.serialNumber, /^[4-7][0-9A-F]{31}$/, 'positive, 16 octets');
  t.not(server.serialNumber, ca.serialNumber);
  t.equal(made.fingerprint, server.fingerprint256);
  t.equal(made.validTo.getTime(), Date.parse(server.validTo));
  t.equal(made.caFile, join(dir, 'ca.crt'));
  const modes = { 'ca.crt': 0o644, 'ca.key': 0o600, 'server.crt': 0o644, 'server.key': 0o600 };
  t.strictSame(readdirSync(dir).toSorted(), Object.keys(modes), 'and nothing else is left there');
  for (const [name, mode] of Object.entries(modes)) {
    t.equal(statSync(join(dir, name)).mode & 0o777, mode, name);
  }
});

await test('a second start finds what the first one made', async (t) => {
  const dir = join(t.testdir(), 'not', 'there', 'yet');
  t.equal(await loadCertificates(dir), undefined, 'looking makes nothing');
  const first = await loadOrMakeCertificates({ dir });
  t.equal(first.made, 'authority');
  t.strictSame(first.warnings, []);
  const second = await loadOrMakeCertificates({ dir });
  t.strictSame(second, { ...first, made: 'nothing' });
  t.strictSame(await loadCertificates(dir), second);
});

await test('a certificate near its end is renewed by the same authority with the same key', async (t) => {
  const dir = t.testdir();
  const old = await loadOrMakeCertificates(
    { dir, names: ['chat.example'] },
    Date.now() - 800 * dayMs,
  );
  const ca = readFileSync(join(dir, 'ca.crt'));
  const fresh = await loadOrMakeCertificates({ dir });
  t.equal(fresh.made, 'certificate');
  t.not(fresh.fingerprint, old.fingerprint);
  t.ok(fresh.validTo.getTime() - Date.now() > 800 * dayMs);
  t.strictSame(fresh.key, old.key);
  t.ok(fresh.names.includes('chat.example'), 'names that were added stay');
  t.strictSame(readFileSync(join(dir, 'ca.crt')), ca, 'whoever trusts the authority goes on');
  t.strictSame(readFileSync(fresh.certFile), fresh.cert);
});

await test('one that has ended is renewed too, and so is an authority near its end', async (t) => {
  const dir = t.testdir();
  const old = await loadOrMakeCertificates({ dir }, Date.now() - 3_640 * dayMs);
  t.ok(old.validTo.getTime() < Date.now());
  const caFile = join(dir, 'ca.crt');
  const oldCa = readFileSync(caFile);
  const oldTrust = join(dir, 'old-ca.crt');
  writeFileSync(oldTrust, oldCa);
  const fresh = await loadOrMakeCertificates({ dir });
  t.notSame(readFileSync(caFile), oldCa);
  await servingTls(fresh, async (port) => {
    for (const trust of [oldTrust, caFile, fresh.certFile]) {
      t.equal(await pythonSees(trust, 'localhost', port), 'TLSv1.3 hello', trust);
    }
  });
});

await test('a certificate that lacks a name is renewed with it', async (t) => {
  const dir = t.testdir();
  await loadOrMakeCertificates({ dir });
  const renewed = await loadOrMakeCertificates({ dir, names: ['chat.example', '192.0.2.7'] });
  t.equal(renewed.made, 'certificate');
  t.strictSame(renewed.names.slice(-2), ['chat.example', '192.0.2.7']);
  const again = await loadOrMakeCertificates({ dir, names: ['192.0.2.7'] });
  t.equal(again.made, 'nothing');
});

await test("without the authority's key nothing is renewed, and an end that is near is told", async (t) => {
  const dir = t.testdir();
  const old = await loadOrMakeCertificates({ dir }, Date.now() - 800 * dayMs);
  rmSync(join(dir, 'ca.key'));
  const same = await loadOrMakeCertificates({ dir, names: ['chat.example'] });
  t.equal(same.fingerprint, old.fingerprint);
  t.match(same.warnings, [/ends on \d{4}-\d\d-\d\d\.$/]);
  await t.rejects(loadOrMakeCertificates({ dir }, Date.now() + 30 * dayMs), {
    name: 'CertificateProblem',
    message: /ended on \d{4}-\d\d-\d\d: put a new one in its place/,
  });
});

await test("another authority's certificate is never touched", async (t) => {
  const dir = t.testdir({ own: {} });
  const elsewhere = await loadOrMakeCertificates(
    { dir: join(dir, 'own') },
    Date.now() - 800 * dayMs,
  );
  await loadOrMakeCertificates({ dir });
  for (const file of ['server.crt', 'server.key']) {
    copyFileSync(join(dir, 'own', file), join(dir, file));
  }
  const found = await loadOrMakeCertificates({ dir, names: ['chat.example'] });
  t.equal(found.fingerprint, elsewhere.fingerprint);
  t.equal(found.caFile, undefined, 'ca.crt is not its authority');
});

await test('processes that start at once end up with one authority and one key', async (t) => {
  const dir = t.testdir();
  const module = new URL('../../../adapters/tls/certificates.js', import.meta.url).href;
  const script = `
    const { loadOrMakeCertificates } = await import(${JSON.stringify(module)});
    const made = await loadOrMakeCertificates({ dir: process.argv[1], names: [process.argv[2]] });
    console.log(JSON.stringify({ cert: made.cert.toString(), key: made.key.toString() }));
  `;
  const names = ['one.example', 'two.example', 'three.example', 'four.example'];
  const run = promisify(execFile);
  const outputs = await Promise.all(
    names.map((name) => run(process.execPath, ['--input-type=module', '-e', script, dir, name])),
  );
  const ca = new X509Certificate(readFileSync(join(dir, 'ca.crt')));
  const keys = new Set<string>();
  for (const { stdout } of outputs) {
    const { cert, key } = JSON.parse(stdout) as { cert: string; key: string };
    keys.add(key);
    t.ok(new X509Certificate(cert).verify(ca.publicKey), 'every process got one of this authority');
  }
  t.equal(keys.size, 1);
  t.equal(readFileSync(join(dir, 'server.key'), 'utf8'), [...keys][0]);
  t.strictSame(readdirSync(dir).toSorted(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
  await loadOrMakeCertificates({ dir });
});

await test('a start that was killed at any point is completed by the next', async (t) => {
  const whole = t.testdir({ half: {} });
  await loadOrMakeCertificates({ dir: whole });
  const half = join(whole, 'half');
  const order = ['ca.key', 'ca.crt', 'server.key'];
  for (let count = 1; count <= order.length; count++) {
    rmSync(half, { recursive: true });
    mkdirSync(half);
    for (const name of order.slice(0, count)) copyFileSync(join(whole, name), join(half, name));
    const draft = join(half, '.draft-server.crt-0123456789ab');
    writeFileSync(draft, 'half a certif');
    utimesSync(draft, new Date(0), new Date(0));
    const made = await loadOrMakeCertificates({ dir: half });
    t.ok(
      new X509Certificate(made.cert).checkIssued(
        new X509Certificate(readFileSync(join(half, 'ca.crt'))),
      ),
    );
    t.strictSame(readFileSync(join(half, 'ca.key')), readFileSync(join(whole, 'ca.key')));
    t.strictSame(readdirSync(half).toSorted(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
  }
});

function daysOf({ validFrom, validTo }: X509Certificate): number {
  return (Date.parse(validTo) - Date.parse(validFrom)) / dayMs;
}
