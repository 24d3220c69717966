import { errorCatalogue } from '../../../core/error-catalogue.ts';
import { parseUserName } from '../../../core/names.ts';
import { parsePassword } from '../../../core/password.ts';

/**
 * What is wrong with a name and a password before anybody is asked. Logging in refuses only what is
 * empty: what is right was decided when the account was made.
 */
export function credentialFault(
  { user, password }: { readonly user: string; readonly password: string },
  registers: boolean,
): string | undefined {
  if (user === '') return 'Type your user name.';
  if (password === '') return 'Type your password.';
  if (!registers) return undefined;
  if (parseUserName(user) === undefined)
    return 'A user name has 2 to 32 characters: letters a to z, digits, - and _.';
  return parsePassword(password) === undefined ? errorCatalogue.InvalidPassword : undefined;
}
