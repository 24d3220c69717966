import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CertificateProblem } from '../adapters/tls/certificate-problem.ts';
import { loadCertificates } from '../adapters/tls/certificates.ts';
import { certificatesFolder } from './certificates-folder.ts';
import type { CertsOptions } from './certs.ts';
import { type Colours, colours } from './colours.ts';
import { invocation } from './invocation.ts';
import { PlainFailure } from './plain-failure.ts';
import { type System, thisSystem } from './this-system.ts';
import { distrustSteps, trustSteps } from './trust-commands.ts';

/** Shows how to make this machine's browsers trust the development authority; changes nothing. */
export async function trust(options: CertsOptions): Promise<void> {
  const authority = await authorityIn(certificatesFolder(options));
  console.log(shown(authority, thisSystem(), colours(process.stdout)));
}

async function authorityIn(dir: string): Promise<string> {
  try {
    const { caFile } = (await loadCertificates(dir)) ?? {};
    if (caFile !== undefined) return resolve(caFile);
  } catch (error) {
    throw error instanceof CertificateProblem ? new PlainFailure(error.message) : error;
  }
  throw new PlainFailure(
    `There is no development authority in ${dir} that could be trusted: the first start of a server makes one, and so does ${invocation()} certs.`,
  );
}

function shown(file: string, system: System, paint: Colours): string {
  const { subject, fingerprint256 } = new X509Certificate(readFileSync(file));
  const name = subject.replace(/^CN=/, '');
  const authority = { file, name };
  const command = (line: string): string => `  ${paint.cyan(line)}`;
  const steps = trustSteps(system, authority).map(({ whom, commands }) =>
    [`${paint.bold(whom)}:`, ...commands.map(command)].join('\n'),
  );
  const undone = ['To take it back:', ...distrustSteps(system, authority).map(command)].join('\n');
  const inWords = `In the browser's settings, import this file as an authority that may identify\nweb sites:\n${command(file)}`;
  return [
    `Nothing has been changed. These commands make browsers here trust the authority\n  ${name}\n  SHA-256 ${fingerprint256}`,
    ...(steps.length === 0 ? [inWords] : [...steps, undone]),
    `Start the browsers anew afterwards. Whoever has the authority's key (ca.key, beside\nit) can then pretend to them to be anybody: keep it to yourself.`,
  ].join('\n\n');
}
