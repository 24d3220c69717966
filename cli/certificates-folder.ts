import type { CertsOptions } from './certs.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';

/**
 * Which folder of certificates is meant: that of the flag, of the environment, or `certs`.
 * @throws {PlainFailure} when it is named by nothing
 */
export function certificatesFolder({ certs }: CertsOptions): string {
  const dir = certs ?? (process.env['SECURECHAT_CERTS'] || 'certs');
  if (dir.trim() !== '') return dir;
  throw new PlainFailure('--certs is empty.', exitUsage);
}
