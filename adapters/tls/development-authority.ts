// The X.509 library injects its dependencies by decorators, which need this first.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';

const dayMs = 86_400_000;
const authorityDays = 3_650;
/** Some systems refuse server certificates of more than 825 days. */
const serverDaysMax = 820;
/** Certificates are valid from a little before they are made: clocks differ. */
const clockSkewMs = 3_600_000;

const authorityPrefix = 'SecureChat development authority';
const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

/** A private key on the curve P-256, in PEM. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve.namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * The certificate of the authority that holds this key, in PEM, for ten years. Its name follows
 * from the key, so that a certificate made anew for the same key is as good as the one before.
 * @throws when the key is none of {@link makeKey}'s
 */
export async function certifyAuthority(key: Buffer, now: number): Promise<string> {
  const { publicKey } = keysOf(key);
  const name = authorityName(publicKey);
  const extensions = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const until = now + authorityDays * dayMs;
  return sign({ subject: name, publicKey, extensions, until }, key, now);
}

/** What a server certificate says. */
export interface ServerCertificate {
  readonly key: Buffer;
  /** Host names and addresses under which clients reach the server. */
  readonly names: readonly string[];
}

/**
 * A server's certificate, in PEM, signed by the authority that holds `authorityKey`. It ends
 * before the authority's own does.
 */
export async function certifyServer(
  { key, names }: ServerCertificate,
  authority: { readonly key: Buffer; readonly certificate: X509Certificate },
  now: number,
): Promise<string> {
  const { publicKey } = keysOf(key);
  const alternatives = names.map((value) => {
    return { type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value };
  });
  const extensions = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(alternatives),
  ];
  const until = Math.min(now + serverDaysMax * dayMs, Date.parse(authority.certificate.validTo));
  const subject = [{ CN: ['SecureChat server'] }];
  return sign({ subject, publicKey, extensions, until }, authority.key, now);
}

/** Whether a server's certificate, in PEM and perhaps with its chain, is of such an authority. */
export const isDevelopmentCertificate = (cert: Buffer): boolean =>
  new X509Certificate(cert).issuer.startsWith(`CN=${authorityPrefix} `);

interface Statement {
  readonly subject: JsonName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly extensions: readonly Extension[];
  readonly until: number;
}

async function sign(statement: Statement, authorityKey: Buffer, now: number): Promise<string> {
  const { subject, publicKey, extensions, until } = statement;
  const issuer = keysOf(authorityKey);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: authorityName(issuer.publicKey),
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(until),
    publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', issuer.privateKey, curve, false, [
      'sign',
    ]),
    signingAlgorithm: signing,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** The first part of the key's fingerprint tells one machine's authority from another's. */
function authorityName(publicKey: Buffer): JsonName {
  const fingerprint = createHash('sha256').update(publicKey).digest('hex').slice(0, 8);
  return [{ CN: [`${authorityPrefix} ${fingerprint}`] }];
}

/** RFC 5280, 4.1.2.2: positive, and 20 octets at most. */
function serialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString('hex');
}

function keysOf(pem: Buffer): { readonly privateKey: Buffer; readonly publicKey: Buffer } {
  const key = createPrivateKey(pem);
  return {
    privateKey: key.export({ type: 'pkcs8', format: 'der' }),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
  };
}
