import { parseUserName } from '../core/names.ts';
import { parsePassword } from '../core/password.ts';
import type { NewAccount } from '../server/accounts.ts';
import { PlainFailure } from './plain-failure.ts';

/** A file with everything wrong has thousands of problems; the first ones tell enough. */
const problemsShownMax = 20;

/** An account, and where in its file it stands. */
export interface ListedAccount extends NewAccount {
  /** Counted from 1. */
  readonly line: number;
}

/** What spreadsheets begin with. Taken for an account, it would be one with a password that everybody knows. */
const heading = /^(user|name|user ?name)\s*,\s*password$/i;

/**
 * The accounts of a file: one `name,password` a line, no header. What stands behind the first
 * comma is the password, further commas included; empty lines are nothing.
 * @throws {PlainFailure} that names every line that is wrong, and no password
 */
export function parseAccountsFile(text: string, file: string): readonly ListedAccount[] {
  const problems: string[] = [];
  const accounts = new Map<string, ListedAccount>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line === '') continue;
    const at = `${file}, line ${index + 1}`;
    if (index === 0 && heading.test(line.trim())) {
      problems.push(`${at}: this is a heading, and would be made an account: remove it.`);
      continue;
    }
    const account = parseLine(line);
    if (typeof account === 'string') problems.push(`${at}: ${account}`);
    else if (accounts.has(account.user)) problems.push(`${at}: ${account.user} was there before.`);
    else accounts.set(account.user, { ...account, line: index + 1 });
  }
  if (problems.length > 0) {
    const more = problems.length - problemsShownMax;
    const shown = problems.slice(0, problemsShownMax);
    if (more > 0) shown.push(`and ${more} more.`);
    throw new PlainFailure([...shown, 'No account was made.'].join('\n'));
  }
  return [...accounts.values()];
}

function parseLine(line: string): NewAccount | string {
  const comma = line.indexOf(',');
  if (comma === -1) return 'there is no comma between a name and a password.';
  const user = parseUserName(line.slice(0, comma));
  const password = parsePassword(line.slice(comma + 1));
  // The name is not repeated either: in a file of another order it would be the password.
  if (user === undefined) return 'what stands before the comma is no user name.';
  return password === undefined
    ? 'what stands behind the comma is no password.'
    : { user, password };
}
