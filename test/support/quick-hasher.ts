import { PasswordHasher } from '../../adapters/password-hasher.ts';

/** Does no work, but counts how often it is asked to: for tests that are not about hashing. */
export class QuickHasher extends PasswordHasher {
  hashes = 0;
  verifications = 0;
  /** What a check waits for, so that a test can hold it up. */
  gate: Promise<void> = Promise.resolve();

  override async hash(password: string): Promise<string> {
    this.hashes += 1;
    await this.gate;
    return `quick:${password}`;
  }

  override async verify(stored: string | undefined, password: string): Promise<boolean> {
    this.verifications += 1;
    await this.gate;
    return stored === `quick:${password}`;
  }

  override needsRehash(stored: string): boolean {
    return stored.startsWith('old:');
  }
}
