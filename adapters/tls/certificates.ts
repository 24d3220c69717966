import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { reasonOf } from '../system-reason.ts';
import { CertificateProblem } from './certificate-problem.ts';
import {
  type CertificatePair,
  checkKeyMode,
  checkTime,
  endOf,
  leafOf,
} from './certificate-pair.ts';
import {
  type CertificateFolder,
  type Certified,
  folderOf,
  keepCertified,
  readFolder,
} from './certificate-folder.ts';
import { namesOf } from './certificate-names.ts';

/** A pair of files of one's own, or a folder in which a development authority may make them. */
export type CertificateSource =
  | { readonly certFile: string; readonly keyFile: string }
  | {
      readonly dir: string;
      /** Under which clients reach the server, beside localhost and the host's own name. */
      readonly names?: readonly string[];
    };

/** A certificate that a server can use now. */
export interface Certificates extends CertificatePair {
  /** Of the development authority that signed it; absent when the certificate is another's. */
  readonly caFile?: string;
  /** What this call had to make. */
  readonly made: 'nothing' | 'certificate' | 'authority';
  /** SHA-256 of the server's own certificate, as AB:CD:… */
  readonly fingerprint: string;
  readonly validTo: Date;
  /** The host names and addresses that it vouches for. */
  readonly names: readonly string[];
  /** Why it does not name what it was asked to name: a sentence with the way out. */
  readonly lacking?: string;
  /** What the operator should know: one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * The certificate to serve with.
 *
 * 1. A folder without a certificate gets a development authority (`ca.crt`, `ca.key`) and a server
 *    certificate (`server.crt`, followed by the authority's, and `server.key`) for localhost,
 *    127.0.0.1, ::1 and the host's name. Keys have mode 0600.
 * 2. A client that trusts `ca.crt` alone, or `server.crt` alone, accepts it.
 * 3. A certificate of that authority is renewed when it ends within 30 days or lacks a name; the
 *    authority's key is kept for this, so that clients need not be told anything. A certificate of
 *    any other authority is never touched. What could not be added is told in `lacking`.
 * 4. Several processes may do this at once: each file appears whole, the keys once, and what each
 *    process gets is valid for the clients of all.
 *
 * @throws {CertificateProblem} when there is none that can be used, and none can be made.
 */
export async function loadOrMakeCertificates(
  source: CertificateSource,
  now = Date.now(),
): Promise<Certificates> {
  if ('certFile' in source) return describe(await readPair(source), { made: 'nothing' }, now);
  const folder = folderOf(source.dir);
  const kept = await keepCertified(folder, source.names ?? [], now);
  const described = await describe(kept.pair, { made: kept.made, ...originOf(folder, kept) }, now);
  const { lacking } = kept;
  return {
    ...described,
    ...(lacking === undefined ? {} : { lacking }),
    warnings: [...kept.warnings, ...described.warnings],
  };
}

/**
 * The certificate that is in the folder, if there is one; nothing is made.
 * @throws {CertificateProblem} when it cannot be used.
 */
export async function loadCertificates(
  dir: string,
  now = Date.now(),
): Promise<Certificates | undefined> {
  const folder = folderOf(dir);
  const found = await readFolder(folder);
  if (found === undefined) return undefined;
  return describe(found.pair, { made: 'nothing', ...originOf(folder, found) }, now);
}

const originOf = ({ caFile }: CertificateFolder, { authority }: Certified): { caFile?: string } =>
  authority === undefined ? {} : { caFile };

async function describe(
  pair: CertificatePair,
  origin: Pick<Certificates, 'made' | 'caFile'>,
  now: number,
): Promise<Certificates> {
  const leaf: X509Certificate = leafOf(pair);
  return {
    ...pair,
    ...origin,
    fingerprint: leaf.fingerprint256,
    validTo: new Date(endOf(leaf)),
    names: namesOf(leaf),
    warnings: [...checkTime(leaf, pair.certFile, now), ...(await checkKeyMode(pair.keyFile))],
  };
}

async function readPair(files: { certFile: string; keyFile: string }): Promise<CertificatePair> {
  return {
    ...files,
    cert: await readNamed(files.certFile, '--cert'),
    key: await readNamed(files.keyFile, '--key'),
  };
}

async function readNamed(file: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CertificateProblem(`Cannot read ${file}, given as ${flag}: ${reasonOf(error)}.`);
  }
}
