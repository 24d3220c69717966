import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { CertificateProblem } from './certificate-problem.ts';

const dayMs = 86_400_000;
/** From so long before its end on, an authority renews its certificates; for others we warn. */
export const endsSoonMs = 30 * dayMs;

/** Where a certificate and its key lie, and what they say. */
export interface CertificatePair {
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM: the server's certificate, and those that lead from it to its authority. */
  readonly cert: Buffer;
  /** PEM. */
  readonly key: Buffer;
}

/**
 * The server's own certificate of a pair that TLS can use now, unless `now` is not in its time:
 * that is for the caller to judge.
 * @throws {CertificateProblem}
 */
export function leafOf({ certFile, keyFile, cert, key }: CertificatePair): X509Certificate {
  const leaf = parseCertificate(cert, certFile);
  if (!leaf.checkPrivateKey(parseKey(key, keyFile))) {
    throw new CertificateProblem(
      `The key in ${keyFile} does not belong to the certificate in ${certFile}: give the two that were made together.`,
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CertificateProblem(`TLS cannot use ${certFile} with ${keyFile}: ${reason}.`);
  }
  return leaf;
}

/** @throws {CertificateProblem} */
export function parseCertificate(pem: Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateProblem(
      `${file} holds no certificate: it should begin with -----BEGIN CERTIFICATE-----.`,
    );
  }
}

/** @throws {CertificateProblem} */
export function parseKey(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    const locked = pem.includes('ENCRYPTED');
    throw new CertificateProblem(
      locked
        ? `The key in ${file} is locked by a passphrase: give one without, readable by its owner only.`
        : `${file} holds no private key: it should begin with -----BEGIN PRIVATE KEY-----.`,
    );
  }
}

/** When a certificate's time ends, in milliseconds since 1970. */
export const endOf = (certificate: X509Certificate): number => Date.parse(certificate.validTo);

/**
 * Warns of a certificate that ends soon.
 * @throws {CertificateProblem} when it has ended, or has not begun.
 */
export function checkTime(leaf: X509Certificate, file: string, now: number): readonly string[] {
  const from = Date.parse(leaf.validFrom);
  const to = endOf(leaf);
  if (now < from) {
    throw new CertificateProblem(
      `The certificate in ${file} is valid only from ${day(from)}: is this machine's clock right?`,
    );
  }
  if (now > to) {
    throw new CertificateProblem(
      `The certificate in ${file} ended on ${day(to)}: put a new one in its place, with its key.`,
    );
  }
  return to - now < endsSoonMs ? [`The certificate in ${file} ends on ${day(to)}.`] : [];
}

/** Warns of a key that more than its owner can read. */
export async function checkKeyMode(file: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return [];
  return [`${file} can be read by others than its owner: run chmod 600 ${file}.`];
}

/** As it is written in a sentence: 2026-11-23. */
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
