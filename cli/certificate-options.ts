import { accessSync, constants } from 'node:fs';
import { isWildcard } from '../adapters/listening-host.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { canBeCertified } from '../adapters/tls/certificate-names.ts';
import type { CertificateSource } from '../adapters/tls/certificates.ts';
import type { Flag, Given, Settings } from './settings.ts';
import type { ParsedWebOptions } from './web-options.ts';

export const certificateGroup = 'With which certificate';

export const certificateFlags = {
  certs: {
    argument: 'DIR',
    group: certificateGroup,
    about: 'from this folder, or made there (default: ./certs)',
  },
  cert: {
    argument: 'FILE',
    group: certificateGroup,
    about: 'this one, followed by its chain, in PEM',
  },
  key: { argument: 'FILE', group: certificateGroup, about: 'the private key of --cert, in PEM' },
} as const satisfies Record<string, Flag>;

type CertificateFlag = keyof typeof certificateFlags;

/** Problems go to `settings.problems`. The certificate names the host, and where browsers reach the servers. */
export function parseCertificates<Name extends string>(
  settings: Settings<Name | CertificateFlag | 'host'>,
  webPlans: ParsedWebOptions['plans'],
): CertificateSource {
  const cert = settings.given('cert');
  const key = settings.given('key');
  const [certFile] = cert?.values ?? [];
  const [keyFile] = key?.values ?? [];
  if ((cert === undefined) !== (key === undefined)) {
    const { source } = cert ?? key ?? { source: '' };
    settings.problems.push(`--cert and --key belong together, but only ${source} is given.`);
  }
  for (const given of [cert, key]) if (given !== undefined) checkReadable(given, settings.problems);
  const certs = settings.given('certs');
  if (certs !== undefined && cert !== undefined) {
    settings.problems.push(
      `A certificate comes from ${certs.source} or from ${cert.source}: give one of them.`,
    );
  }
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  const dir = settings.text('certs') ?? './certs';
  const host = settings.text('host');
  const names = [
    ...(host !== undefined && !isWildcard(host) ? [host] : []),
    ...webPlans.flatMap((web) => (web?.url === undefined ? [] : hostOf(web.url))),
  ];
  return { dir, names: [...new Set(names)].filter(canBeCertified) };
}

function checkReadable({ source, values }: Given, problems: string[]): void {
  const [file = ''] = values;
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    problems.push(`Cannot read ${file}, given as ${source}: ${reasonOf(error)}.`);
  }
}

/** As a certificate names it: an IPv6 address without brackets. */
const hostOf = (url: string): string => new URL(url).hostname.replaceAll(/[[\]]/g, '');
