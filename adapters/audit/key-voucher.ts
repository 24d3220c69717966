import { parseNote } from './signed-note.ts';
import type { SigningKey } from './signing-key.ts';
import { type VerifierKey, signerOf } from './verifier-key.ts';

/** What is signed by who vouches for a key. No checkpoint says the like: its origin has three parts. */
const voucherText = ({ text }: VerifierKey): string => `securechat/signing-key\n${text}\n`;

/** A C2SP signed note by which the holder of one key says that another one counts too. */
export const vouchFor = (signer: SigningKey, key: VerifierKey): string =>
  signer.signNote(voucherText(key));

/** Whether one of these keys vouches by this note for that one. */
export const isVouchedFor = (key: VerifierKey, note: string, by: Iterable<VerifierKey>): boolean =>
  parseNote(note)?.text === voucherText(key) && signerOf(note, by) !== undefined;
