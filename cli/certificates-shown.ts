import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CertificateProblem } from '../adapters/tls/certificate-problem.ts';
import { canBeCertified } from '../adapters/tls/certificate-names.ts';
import {
  type Certificates,
  loadCertificates,
  loadOrMakeCertificates,
} from '../adapters/tls/certificates.ts';
import { certificatesFolder } from './certificates-folder.ts';
import type { CertsOptions } from './certs.ts';
import { type Colours, colours } from './colours.ts';
import { invocation } from './invocation.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';

/** Makes, unless told not to, and shows the certificates of a folder. */
export async function certs(options: CertsOptions): Promise<void> {
  const { name: names = [], show = false } = options;
  const dir = certificatesFolder(options);
  checkNames(names, show);
  try {
    const found = show ? await loadCertificates(dir) : await loadOrMakeCertificates({ dir, names });
    if (found === undefined) {
      throw new PlainFailure(
        `There is no certificate in ${dir}: run the same without --show to make one.`,
      );
    }
    for (const warning of found.warnings) console.error(`securechat: ${warning}`);
    if (found.lacking !== undefined) throw new PlainFailure(found.lacking);
    console.log(shown(found, colours(process.stdout)));
  } catch (error) {
    throw error instanceof CertificateProblem ? new PlainFailure(error.message) : error;
  }
}

function checkNames(names: readonly string[], show: boolean): void {
  if (show && names.length > 0) {
    throw new PlainFailure('--show makes nothing, so it takes no --name.', exitUsage);
  }
  const wrong = names.filter((name) => !canBeCertified(name));
  if (wrong.length > 0) {
    throw new PlainFailure(
      wrong.map((name) => `"${name}" is neither a host name nor an address.`).join('\n'),
      exitUsage,
    );
  }
}

function shown(certificates: Certificates, paint: Colours): string {
  const { certFile, keyFile, caFile, made, fingerprint, validTo, names } = certificates;
  const server = block(paint.bold(`Server certificate${made === 'nothing' ? '' : ', made now'}`), [
    ['File', `${certFile} (key: ${keyFile})`],
    ['Names', names.join(', ')],
    ['Valid until', day(validTo)],
    ['SHA-256', fingerprint],
  ]);
  if (caFile === undefined) {
    return `${server}\n\nIt was not made by an authority of this folder, and is never changed here.`;
  }
  const ca = new X509Certificate(readFileSync(caFile));
  const authority = block(
    paint.bold(`Development authority${made === 'authority' ? ', made now' : ''}`),
    [
      ['File', caFile],
      ['Name', ca.subject.replace(/^CN=/, '')],
      ['Valid until', day(new Date(ca.validTo))],
      ['SHA-256', ca.fingerprint256],
    ],
  );
  return `${server}\n\n${authority}\n\n${howToTrust(caFile, names, paint)}`;
}

function howToTrust(caFile: string, names: readonly string[], paint: Colours): string {
  const [host = 'HOST'] = names.filter((name) => !here.has(name));
  return `To let another machine trust it, copy ${caFile} there (it is no secret; its
key is), compare its SHA-256 with the one above, and connect with
  ${paint.cyan(`${invocation()} connect ${host}:1222 --ca ca.crt`)}
The server has to listen for other machines (serve --host 0.0.0.0), and the name
they connect to has to be among the names above: certs --name adds one.`;
}

const here: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

function block(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return [title, ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`)].join('\n');
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
