import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';

import { reasonOf } from '../system-reason.ts';
import { formatNote } from './signed-note.ts';
import { type VerifierKey, verifierKey } from './verifier-key.ts';

/** All keys of this program have it; they are told apart by their ids. */
const keyName = 'securechat';
const keyFileMode = 0o600;

/** With what a server seals the log. */
export interface SigningKey {
  readonly verifier: VerifierKey;
  /** A text, whose last line has its end, as a signed note. */
  signNote(text: string): string;
}

/** A key that cannot be used. The message is a sentence with the way out. */
export class SigningKeyProblem extends Error {
  override readonly name = 'SigningKeyProblem';
}

export function signingKey(privateKey: KeyObject): SigningKey {
  const verifier = verifierKey(keyName, createPublicKey(privateKey));
  const { name, id } = verifier;
  return {
    verifier,
    signNote: (text) => {
      const signature = sign(null, Buffer.from(text), privateKey);
      return formatNote({ text, signatures: [{ name, id, signature }] });
    },
  };
}

/** @throws {SigningKeyProblem} when there is no Ed25519 key in PEM (PKCS #8) in the file */
export function loadSigningKey(path: string): SigningKey {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SigningKeyProblem(`The signing key ${path} cannot be read (${reasonOf(error)}).`);
  }
  const key = privateKeyIn(pem);
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new SigningKeyProblem(
      `${path} holds ${kindOf(key)}, and no Ed25519 key in PEM to sign with: name another file, and leave this one as it is.`,
    );
  return signingKey(key);
}

/** The key in the file, which is made if it is missing, for its owner alone. @throws {SigningKeyProblem} */
export function loadOrMakeSigningKey(path: string): SigningKey {
  try {
    if (!existsSync(path)) makeKeyFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new SigningKeyProblem(`The signing key ${path} cannot be made (${reasonOf(error)}).`);
  }
  return loadSigningKey(path);
}

/** A new one, which is in no file yet. */
export const newSigningKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

/** Whole or not at all; of two processes that make it at the same moment one does. */
function makeKeyFile(path: string): void {
  const unfinished = `${path}.${process.pid}`;
  const file = openSync(unfinished, 'wx', keyFileMode);
  try {
    writeSync(file, String(newSigningKey().export({ format: 'pem', type: 'pkcs8' })));
    fsyncSync(file);
    linkSync(unfinished, path);
  } finally {
    closeSync(file);
    rmSync(unfinished);
  }
}

const kindOf = (key: KeyObject | undefined): string =>
  key === undefined ? 'no private key' : `a key of another kind (${key.asymmetricKeyType})`;

function privateKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    // What is no key is told by whoever asked for one, in words about the file.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
