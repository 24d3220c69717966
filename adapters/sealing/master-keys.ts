import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { reasonOf } from '../system-reason.ts';

/** A key that wraps data keys. It is kept apart from the store: a file, or the environment. */
export interface MasterKey {
  /** 16 hex digits made from the key: what is wrapped by it says so. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** The master keys in force: the first one wraps; the others are on their way out. */
export interface MasterKeys {
  /** Reads them anew: they are replaced while servers run. @throws {UnusableMasterKey} */
  read(): readonly [MasterKey, ...MasterKey[]];
}

/** A master key that is missing or is none. */
export class UnusableMasterKey extends Error {
  override readonly name = 'UnusableMasterKey';
}

const keyBytes = 32;

/** Of a file with one key a line. */
export const masterKeysIn = (file: string): MasterKeys => ({
  read: () => parseMasterKeys(contentOf(file), file),
});

/** Of a text that does not change. @throws {UnusableMasterKey} */
export function masterKeysOf(text: string, source: string): MasterKeys {
  const keys = parseMasterKeys(text, source);
  return { read: () => keys };
}

export const newMasterKey = (): MasterKey => masterKey(randomBytes(keyBytes));

/** A file's content for these keys. */
export const masterKeysText = (keys: readonly MasterKey[]): string =>
  keys.map(({ key }) => `${key.toString('base64')}\n`).join('');

/**
 * One key a line, base64 of 32 bytes; empty lines and those that begin with `#` are left out.
 * @throws {UnusableMasterKey}
 */
export function parseMasterKeys(
  text: string,
  source: string,
): readonly [MasterKey, ...MasterKey[]] {
  const lines = text.split('\n').map((line) => line.trim());
  const [first, ...others] = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const key = Buffer.from(line, 'base64');
      const isWhole = /^[A-Za-z0-9+/]{43}=?$/.test(line) && key.length === keyBytes;
      if (!isWhole) throw new UnusableMasterKey(`${source} holds a line that is no key: ${howTo}`);
      return masterKey(key);
    });
  if (first === undefined) throw new UnusableMasterKey(`${source} holds no key: ${howTo}`);
  return [first, ...others];
}

const howTo =
  'a master key is 32 random bytes in base64 (openssl rand -base64 32 prints one). Give the file of the servers, or a new one, and leave this as it is.';

function masterKey(key: Buffer): MasterKey {
  const id = createHash('sha256').update('securechat/master/v1\n').update(key).digest('hex');
  return { id: id.slice(0, 16), key };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UnusableMasterKey(
      `The master key ${file} cannot be read (${reasonOf(error)}): give the file of the servers with --master-key-file.`,
    );
  }
}
