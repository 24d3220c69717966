import { SigningKeyProblem } from '../adapters/audit/signing-key.ts';
import { UnusableKeysFile } from '../adapters/sealing/keys-file.ts';
import { UnusableMasterKey } from '../adapters/sealing/master-keys.ts';
import { CertificateProblem } from '../adapters/tls/certificate-problem.ts';
import { StoreUnreachable, StoreUnusable } from '../core/event-store.ts';
import { NameTaken } from '../server/name-lease.ts';
import type { ServerPlan } from '../server/taken-ports.ts';
import { PlainFailure } from './plain-failure.ts';

/**
 * The sentence for a start that failed for a reason that a person can do something about; any
 * other error as it is.
 */
export function startFailure(error: unknown, servers: readonly ServerPlan[] = []): unknown {
  if (isPlain(error)) return new PlainFailure(error.message);
  if (isListenError(error)) {
    const words = listenFailure(error, portFlag(error, servers));
    if (words !== undefined) return new PlainFailure(words);
  }
  return error;
}

/** Their messages are sentences with the way out. */
const isPlain = (error: unknown): error is Error =>
  error instanceof CertificateProblem ||
  error instanceof SigningKeyProblem ||
  error instanceof StoreUnusable ||
  error instanceof StoreUnreachable ||
  error instanceof UnusableKeysFile ||
  error instanceof UnusableMasterKey ||
  error instanceof NameTaken;

interface ListenError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

const isListenError = (error: unknown): error is ListenError =>
  error instanceof Error && 'syscall' in error && 'code' in error;

/** With which flag the port was chosen that could not be had. */
function portFlag({ port = 0 }: ListenError, servers: readonly ServerPlan[]): string {
  const isOfWeb = ({ web }: ServerPlan): boolean =>
    web !== undefined && web.port <= port && port <= (web.portMax ?? web.port);
  return servers.some(isOfWeb) ? '--web-port' : '--port';
}

function listenFailure(
  { code, syscall, address, hostname, port }: ListenError,
  flag: string,
): string | undefined {
  if (syscall === 'getaddrinfo') {
    return `There is no host named ${hostname} to listen on: give an address of this machine with --host.`;
  }
  if (syscall !== 'listen' && syscall !== 'bind') return undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${address} is taken by another program, perhaps by a SecureChat that runs already: stop that, or choose another port with ${flag}.`;
    case 'EACCES':
      return `Port ${port} on ${address} may not be used by this user: choose one above 1023 with ${flag}.`;
    case 'EADDRNOTAVAIL':
      return `${address} is no address of this machine: give one that is with --host.`;
    default:
      return undefined;
  }
}
