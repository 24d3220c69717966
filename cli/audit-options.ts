import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  loadOrMakeSigningKey,
  loadSigningKey,
  type SigningKey,
} from '../adapters/audit/signing-key.ts';
import { parseVerifierKey, type VerifierKey } from '../adapters/audit/verifier-key.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import type { Environment, Settings } from './settings.ts';
import type { StoreOptions } from './store-options.ts';

/** What is given for `--audit-key`, also as files are named in the environment elsewhere. */
export const auditKeyFile = (given: string | undefined, env: Environment): string | undefined => {
  const variable = env['SECURECHAT_AUDIT_KEY_FILE']?.trim();
  return given ?? (variable === '' ? undefined : variable);
};

/** An embedded store has a key of its own in its folder. */
export const ownKeyFile = (dir: string): string => join(dir, 'audit.key');

/**
 * The key of an embedded store, which is made on first use; its folder must be there. On Redis there
 * is none.
 * @throws {SigningKeyProblem}
 */
export const ownKey = (store: StoreOptions): SigningKey | undefined =>
  store.kind === 'embedded' ? loadOrMakeSigningKey(ownKeyFile(store.dir)) : undefined;

/** The key for a tool, which makes none: the one in the file, or else the embedded store's. @throws {SigningKeyProblem} */
export function toolsKey(store: StoreOptions, file: string | undefined): SigningKey | undefined {
  if (file !== undefined) return loadSigningKey(file);
  const own = store.kind === 'embedded' ? ownKeyFile(store.dir) : '';
  return existsSync(own) ? loadSigningKey(own) : undefined;
}

/** Public keys as they are typed: as text, or a file that holds one. @throws {PlainFailure} */
export const publicKeys = (given: readonly string[]): readonly VerifierKey[] =>
  given.map((text) => parseVerifierKey(text) ?? keyInFile(text));

/** Those of `--key`. To `serve` the variable of that name means the key of its certificate. */
export function pinnedKeys(settings: Settings<'key'>): readonly VerifierKey[] {
  const given = settings.given('key');
  return given?.source === '--key' ? publicKeys(given.values) : [];
}

function keyInFile(path: string): VerifierKey {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new PlainFailure(
      `${path} is no public key, and no file that holds one (${reasonOf(error)}): securechat audit key shows what one looks like.`,
      exitUsage,
    );
  }
  const key = parseVerifierKey(text);
  if (key === undefined)
    throw new PlainFailure(`The file ${path} holds no public key of a log.`, exitUsage);
  return key;
}
