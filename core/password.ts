import { passwordCharactersMax, passwordCharactersMin } from './limits.ts';

/** Printable and without spaces: it must survive being one word of a line. */
const printable = /^[^\p{C}\p{Z}]+$/u;

/**
 * The form of a password that is hashed (NFC, as RFC 8265 asks), or undefined when it breaks the
 * rule: 8 to 128 printable characters without spaces.
 */
export function parsePassword(typed: string): string | undefined {
  const password = typed.normalize('NFC');
  const length = [...password].length;
  if (length < passwordCharactersMin || length > passwordCharactersMax) return undefined;
  return printable.test(password) ? password : undefined;
}
