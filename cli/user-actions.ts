import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { reasonOf } from '../adapters/system-reason.ts';
import { isKnown } from '../core/account.ts';
import { errorWords } from '../core/error-catalogue.ts';
import { isReservedName, parseUserName } from '../core/names.ts';
import { parsePassword } from '../core/password.ts';
import { accountNames } from '../server/account-names.ts';
import {
  type AccountsContext,
  createAccount,
  setPassword,
  setSuspended,
} from '../server/accounts.ts';
import { loadAccount } from '../server/aggregate.ts';
import { parseAccountsFile } from './accounts-file.ts';
import { confirmErasure, eraseUser } from './erase-user.ts';
import { makeAccounts } from './make-accounts.ts';
import { askNewPassword } from './password-prompt.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { refuse } from './refused-change.ts';
import { type Environment, type Options, Settings } from './settings.ts';
import { parseStoreOptions, storeFlags, type StoreOptions } from './store-options.ts';
import { runTool, toolActor } from './tool-run.ts';

const actor = toolActor('user-tool');
const eraseFlags = { yes: { about: 'do not ask' } };

/** What `securechat user` can do. Each prints what it did, and throws a PlainFailure if it did not. */
const actions = { add, list, passwd, suspend, reinstate, erase, import: importAccounts };
export type UserActions = typeof actions;

/** Runs one action on the store that the options and the environment mean. */
export async function runUserAction(
  name: keyof UserActions,
  argument: string,
  options: Options,
  env: Environment,
): Promise<void> {
  const settings = new Settings({ ...storeFlags, ...eraseFlags }, options, env);
  const store = parseStoreOptions(settings, env);
  const { problems } = settings;
  if (problems.length > 0) throw new PlainFailure(problems.join('\n'), exitUsage);
  const prepared = await actions[name](argument, settings.isOn('yes'));
  await runTool(store, actor, (context) => prepared(context, store));
}

/** What is left to do once everything that can be asked and checked before has been. */
type Prepared = (context: AccountsContext, store: StoreOptions) => Promise<void>;

async function add(typed: string): Promise<Prepared> {
  const user = userNamed(typed);
  const password = await newPassword(user);
  return async (context) => {
    refuse(await createAccount(context, actor, { user, password }));
    console.log(`Added ${user}.`);
  };
}

async function passwd(typed: string): Promise<Prepared> {
  const user = userNamed(typed);
  const password = await newPassword(user);
  return async (context) => {
    refuse(await setPassword(context, actor, { user, password, reason: 'reset' }));
    console.log(`${user} has another password.`);
  };
}

async function suspend(typed: string): Promise<Prepared> {
  const user = userNamed(typed);
  return async (context) => {
    const answer = await setSuspended(context, actor, { user, suspended: true });
    if (answer === 'already') return console.log(`${user} is suspended already.`);
    refuse(answer);
    console.log(`Suspended ${user}.`);
  };
}

async function reinstate(typed: string): Promise<Prepared> {
  const user = userNamed(typed);
  return async (context) => {
    const answer = await setSuspended(context, actor, { user, suspended: false });
    if (answer === 'already') return console.log(`${user} may log in already.`);
    refuse(answer);
    console.log(`${user} may log in again.`);
  };
}

async function erase(typed: string, isSure: boolean): Promise<Prepared> {
  const user = userNamed(typed);
  await confirmErasure(user, isSure);
  return async (context, { sealing }) => {
    if (sealing === undefined)
      throw new PlainFailure(
        'There is no master key here, so nothing that was written can be erased. Give the one of the servers with --master-key-file, or suspend the account.',
      );
    await eraseUser(context, actor, user, sealing.master);
  };
}

async function list(): Promise<Prepared> {
  return async (context) => {
    const users = await allUsers(context);
    for (const user of users) {
      const { state } = await loadAccount(context.stores.events, user);
      console.log(isKnown(state) && state.status === 'active' ? user : `${user} (${state.status})`);
    }
    if (users.length === 0) console.error('There are no accounts yet.');
  };
}

async function importAccounts(file: string): Promise<Prepared> {
  const accounts = parseAccountsFile(await read(file), file);
  return (context) => makeAccounts(context, actor, accounts, file);
}

async function allUsers({ stores: { events } }: AccountsContext): Promise<readonly string[]> {
  const users: string[] = [];
  for await (const user of accountNames(events)) users.push(user);
  return users.toSorted();
}

function userNamed(typed: string): string {
  const user = parseUserName(typed);
  if (user !== undefined) return user;
  const code = isReservedName(typed) ? 'ReservedName' : 'InvalidUserName';
  throw new PlainFailure(errorWords(code, typed), exitUsage);
}

async function newPassword(user: string): Promise<string> {
  const password = parsePassword(await askNewPassword(user));
  if (password === undefined) throw new PlainFailure(errorWords('InvalidPassword', ''));
  return password;
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new PlainFailure(`${file} cannot be read (${reasonOf(error)}).`);
  }
}
