import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from '../made-folder.ts';
import { reasonOf } from '../system-reason.ts';
import { namesOf, ownNames, vouchesFor } from './certificate-names.ts';
import {
  type CertificatePair,
  endOf,
  endsSoonMs,
  leafOf,
  parseCertificate,
  parseKey,
} from './certificate-pair.ts';
import { CertificateProblem } from './certificate-problem.ts';
import { placeOnce, readIfThere, removeOldDrafts, replaceFile } from './whole-file.ts';

const secretMode = 0o600;
const publicMode = 0o644;
/** Machines that share a folder add their names; beyond this, the oldest are let go. */
const namesMax = 32;
/** Another process may have made the certificate first, without our names: then again. */
const attemptsMax = 3;

/** Where everything lies in a folder of certificates. */
export interface CertificateFolder {
  readonly dir: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly caKeyFile: string;
}

/** What a folder holds. */
export interface Certified {
  readonly pair: CertificatePair;
  /** The folder's own authority, if that signed the certificate. */
  readonly authority?: X509Certificate;
}

export const folderOf = (dir: string): CertificateFolder => ({
  dir,
  certFile: join(dir, 'server.crt'),
  keyFile: join(dir, 'server.key'),
  caFile: join(dir, 'ca.crt'),
  caKeyFile: join(dir, 'ca.key'),
});

/** What a folder holds after it was seen to. */
export interface KeptCertified extends Certified {
  readonly made: 'nothing' | 'certificate' | 'authority';
  /** Why a name that was asked for is not in it. */
  readonly lacking?: string;
  /** Why a renewal failed, if the certificate that is there is used instead. */
  readonly warnings: readonly string[];
}

/**
 * The folder's certificate, made or renewed first where that is needed and ours to do.
 *
 * No lock is held, so that none can be left behind and several machines can share the folder. Each
 * key is made by linking a finished file to a name that is free, which one process wins, and lives
 * from then on; certificates for that key replace one another whole, and each is as good as
 * another. The keys come first, so a certificate without its key is never ours.
 *
 * @throws {CertificateProblem}
 */
export async function keepCertified(
  folder: CertificateFolder,
  names: readonly string[],
  now: number,
): Promise<KeptCertified> {
  const wanted = [...new Set([...ownNames(), ...names])];
  let made: KeptCertified['made'] = 'nothing';
  for (let attempt = 1; ; attempt++) {
    const found = await readFolder(folder);
    if (found !== undefined) {
      const goesOn = attempt <= attemptsMax && (await isToRenew(folder, found, wanted, now));
      if (!goesOn)
        return { ...found, made, ...(await lackingIn(folder, found, names)), warnings: [] };
    }
    const hadAuthority = (await readIfThere(folder.caFile)) !== undefined;
    try {
      await certify(folder, found, wanted, now);
    } catch (error) {
      if (!(error instanceof CertificateProblem)) throw error;
      if (found === undefined || endOf(leafOf(found.pair)) < now) throw error;
      const isLacking = unnamedIn(found, names).length > 0;
      const told = isLacking
        ? { lacking: error.message, warnings: [] }
        : { warnings: [error.message] };
      return { ...found, made, ...told };
    }
    if (made === 'nothing') made = hadAuthority ? 'certificate' : 'authority';
  }
}

/**
 * What the folder holds; undefined when it has no certificate and one can be made.
 * @throws {CertificateProblem} when it holds half of a pair, or one that does not fit.
 */
export async function readFolder(folder: CertificateFolder): Promise<Certified | undefined> {
  const { certFile, keyFile, caFile, caKeyFile } = folder;
  return orProblem(folder, 'read', async () => {
    const cert = await readIfThere(certFile);
    const key = await readIfThere(keyFile);
    if (cert === undefined) {
      if (key === undefined || (await readIfThere(caKeyFile)) !== undefined) return undefined;
      throw new CertificateProblem(
        `${keyFile} is there, but its certificate ${certFile} is not: put it there, or choose another folder, where both are made.`,
      );
    }
    if (key === undefined) {
      throw new CertificateProblem(
        `${certFile} is there, but its key ${keyFile} is not: put it there, or choose another folder, where both are made.`,
      );
    }
    const pair = { certFile, keyFile, cert, key };
    const ca = await readIfThere(caFile);
    const authority = ca && parseCertificate(ca, caFile);
    const leaf = leafOf(pair);
    const ours = authority && leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
    return ours ? { pair, authority } : { pair };
  });
}

async function isToRenew(
  { caKeyFile }: CertificateFolder,
  { pair, authority }: Certified,
  wanted: readonly string[],
  now: number,
): Promise<boolean> {
  if (authority === undefined || (await readIfThere(caKeyFile)) === undefined) return false;
  const leaf = leafOf(pair);
  return endOf(leaf) - now < endsSoonMs || wanted.some((name) => !vouchesFor(leaf, name));
}

const unnamedIn = ({ pair }: Certified, names: readonly string[]): readonly string[] => {
  const leaf = leafOf(pair);
  return names.filter((name) => !vouchesFor(leaf, name));
};

/** Why a certificate that is not to be renewed lacks some of these names, if it does. */
async function lackingIn(
  { dir, certFile, keyFile, caKeyFile }: CertificateFolder,
  found: Certified,
  names: readonly string[],
): Promise<{ readonly lacking?: string }> {
  const unnamed = unnamedIn(found, names).join(', ');
  if (unnamed === '') return {};
  const fact = `${certFile} does not name ${unnamed}, and`;
  if (found.authority === undefined) {
    const lacking = `${fact} is of no authority in ${dir} that could add it: have its own authority issue another, or remove it with its key ${keyFile} to have one made here.`;
    return { lacking };
  }
  if ((await readIfThere(caKeyFile)) === undefined) {
    const lacking = `${fact} ${caKeyFile}, which could add it, is not there: put it there, or choose another folder to begin with a new authority.`;
    return { lacking };
  }
  const lacking = `A certificate here holds ${namesMax} names at most, so ${unnamed} is not in ${certFile}: make one in another folder.`;
  return { lacking };
}

/** Makes what is missing and signs a certificate for the wanted names and those it had before. */
async function certify(
  folder: CertificateFolder,
  before: Certified | undefined,
  wanted: readonly string[],
  now: number,
): Promise<void> {
  const { dir, certFile, keyFile } = folder;
  // It takes a while to load, and most starts need none of it.
  const { certifyServer, makeKey } = await import('./development-authority.ts');
  await orProblem(folder, 'make', async () => {
    makeFolder(dir);
    await removeOldDrafts(dir);
    const authority = await keepAuthority(folder, now);
    const key = (await readIfThere(keyFile)) ?? (await placeOnce(keyFile, makeKey(), secretMode));
    const had = before === undefined ? [] : namesOf(leafOf(before.pair));
    const names = [...new Set([...wanted, ...had])].slice(0, namesMax);
    const chain =
      (await certifyServer({ key, names }, authority, now)) + authority.certificate.toString();
    if (before === undefined) await placeOnce(certFile, chain, publicMode);
    else await replaceFile(certFile, chain, publicMode);
  });
}

async function keepAuthority(
  { caFile, caKeyFile }: CertificateFolder,
  now: number,
): Promise<{ readonly key: Buffer; readonly certificate: X509Certificate }> {
  const { certifyAuthority, makeKey } = await import('./development-authority.ts');
  const before = await readIfThere(caFile);
  let key = await readIfThere(caKeyFile);
  if (key === undefined && before !== undefined) {
    throw new CertificateProblem(
      `No certificate can be made: ${caFile} is there without its key ${caKeyFile}. Put it there, or choose another folder to begin with a new authority.`,
    );
  }
  key ??= await placeOnce(caKeyFile, makeKey(), secretMode);
  if (parseKey(key, caKeyFile).asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new CertificateProblem(
      `No certificate can be made: ${caKeyFile} is not a key of the curve P-256. Choose another folder to begin with a new authority.`,
    );
  }
  const pem = before ?? (await placeOnce(caFile, await certifyAuthority(key, now), publicMode));
  const certificate = parseCertificate(pem, caFile);
  if (!certificate.checkPrivateKey(parseKey(key, caKeyFile))) {
    throw new CertificateProblem(
      `No certificate can be made: ${caKeyFile} is not the key of ${caFile}. Put the right one there, or choose another folder to begin with a new authority.`,
    );
  }
  if (endOf(certificate) - now >= endsSoonMs) return { key, certificate };
  const renewed = await certifyAuthority(key, now);
  await replaceFile(caFile, renewed, publicMode);
  return { key, certificate: parseCertificate(Buffer.from(renewed), caFile) };
}

/** Says what the system refused, in a sentence. */
async function orProblem<T>(
  { dir }: CertificateFolder,
  verb: 'read' | 'make',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CertificateProblem(
      `Cannot ${verb} the certificates in ${dir}: ${reasonOf(error)}. Choose another folder, or serve with a certificate of your own (--cert and --key).`,
    );
  }
}
