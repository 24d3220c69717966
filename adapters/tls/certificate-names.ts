import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** RFC 1123 host names; a certificate can hold no others. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Under which this machine is reached from itself, and its own name if that can be certified. */
export const ownNames = (): readonly string[] =>
  ['localhost', '127.0.0.1', '::1', hostname().toLowerCase()].filter(canBeCertified);

/** Whether it is a host name or an address that a certificate can vouch for. */
export const canBeCertified = (name: string): boolean => isIP(name) !== 0 || hostName.test(name);

/** Whether a client that connects to `name` accepts this certificate for it. */
export const vouchesFor = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;

/** The host names and addresses that a certificate names, in its order. */
export function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return [...subjectAltName.matchAll(/(?:^|, )(?:DNS:([^,"]+)|IP Address:([^,"]+))/g)].map(
    ([, name, address = '']) => name ?? shortened(address),
  );
}

/** OpenSSL writes an IPv6 address in full; people write it short (RFC 5952), and so do URLs. */
const shortened = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
