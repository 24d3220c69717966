import { invocation } from '../invocation.ts';
import { type Address, addressText } from './address.ts';
import type { Trust } from './trust.ts';

/** A connection that did not come about. */
export class ConnectFailure extends Error {
  /** False when trying again cannot help before somebody has changed something. */
  readonly mayPass: boolean;

  constructor(words: string, mayPass: boolean) {
    super(words);
    this.mayPass = mayPass;
  }
}

/** What an error of node:net or node:tls means, and what a person can do about it. */
export function connectFailure(error: unknown, address: Address, trust: Trust): ConnectFailure {
  const at = addressText(address);
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectFailure(`Nobody listens at ${at}. Is the server running there?`, true);
    case 'ENOTFOUND':
      // A machine that has just lost its network finds no names either.
      return new ConnectFailure(`There is no host named ${address.host}.`, true);
    case 'EAI_AGAIN':
      return new ConnectFailure(`The name ${address.host} cannot be looked up now.`, true);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return refused(at, `its certificate is not for the name ${address.host}`);
    case 'CERT_HAS_EXPIRED':
      return refused(at, 'its certificate has expired');
    case 'CERT_NOT_YET_VALID':
      return refused(at, "its certificate is not valid yet (is this machine's clock right?)");
    case 'ABORT_ERR':
      return new ConnectFailure(`No answer from ${at}.`, true);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return new ConnectFailure(`What listens at ${at} does not speak TLS as we do.`, false);
    case 'ECONNRESET':
      return new ConnectFailure(`The server at ${at} cut the connection off.`, true);
    default:
  }
  if (untrusted.has(code)) return refused(at, notVouchedFor(trust));
  const why = error instanceof Error ? error.message : String(error);
  return new ConnectFailure(`No connection to ${at}: ${why}`, !code.startsWith('ERR_'));
}

/** OpenSSL's codes for a chain that ends in no authority we believe. */
const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

const notVouchedFor = ({ source }: Trust): string =>
  `nobody in ${source} vouches for its certificate.\n` +
  'If it is a development server of yours, copy its certs/ca.crt to this machine by a way you trust, then\n' +
  `  ${invocation()} connect … --ca ca.crt`;

const refused = (at: string, why: string): ConnectFailure =>
  new ConnectFailure(`Not connected to ${at}: ${why}${why.includes('\n') ? '' : '.'}`, false);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return '';
}
