import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { reasonOf } from '../../adapters/system-reason.ts';
import { PlainFailure } from '../plain-failure.ts';

/** Whose certificates are believed. */
export interface Trust {
  /** In PEM; undefined for the authorities that come with Node. */
  readonly authorities: string | undefined;
  /** Where they come from, for a person. */
  readonly source: string;
}

/** The development authority, where `serve` puts it. */
const developmentFile = join('certs', 'ca.crt');

/** The system's own list: Debian and Alpine, Fedora, SUSE, macOS and the BSDs. */
const systemFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities of the named file, else the development authority below `folder`, else the
 * system's. Only one of these: who names an authority does not want others to be believed.
 * @throws {PlainFailure}
 */
export function findTrust(named: string | undefined, folder: string): Trust {
  if (named !== undefined) return { authorities: readAuthorities(named), source: named };
  const development = join(folder, developmentFile);
  if (existsSync(development))
    return { authorities: readAuthorities(development), source: developmentFile };
  const system = systemFiles.find((file) => existsSync(file));
  return {
    authorities: system === undefined ? undefined : readAuthorities(system),
    source: "this system's authorities",
  };
}

function readAuthorities(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new PlainFailure(`The authorities in ${file} cannot be read: ${reasonOf(error)}.`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new PlainFailure(`There is no certificate (PEM) in ${file}.`);
  return text;
}
