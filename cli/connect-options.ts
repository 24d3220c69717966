import { readFileSync } from 'node:fs';
import { reasonOf } from '../adapters/system-reason.ts';
import { parseRoomName, parseUserName } from '../core/names.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { type Environment, type Flags, type Options, Settings } from './settings.ts';
import { type Address, defaultAddress, parseAddress } from './terminal/address.ts';

type FlagName = 'ca' | 'user' | 'room' | 'register' | 'takeover' | 'times';

export const connectFlags: Flags<FlagName> = {
  ca: { argument: 'FILE', about: 'believe the authorities in this file, and no others' },
  user: { argument: 'NAME', about: 'who you are; asked for if not given' },
  room: { argument: 'ROOM', about: 'the room to go to (default: the lobby)' },
  register: { about: 'make a new account, where the server lets you' },
  takeover: { about: 'if you are logged in elsewhere, end that session without asking' },
  times: { about: 'show when each line came' },
};

/** What `connect` was told, checked. */
export interface ConnectOptions {
  readonly address: Address;
  readonly caFile: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly room: string | undefined;
  readonly register: boolean;
  readonly takeover: boolean;
  readonly times: boolean;
}

/**
 * @param interactive whether somebody can be asked for what is missing
 * @throws {PlainFailure} with every problem, a line each
 */
export function parseConnectOptions(
  typedAddress: string | undefined,
  options: Options,
  env: Environment,
  { interactive }: { readonly interactive: boolean },
): ConnectOptions {
  const settings = new Settings(connectFlags, options, env);
  const { problems } = settings;
  const typed = typedAddress ?? (env['SECURECHAT_CONNECT'] || undefined);
  const address = typed === undefined ? defaultAddress : parseAddress(typed);
  if (address === undefined)
    problems.push(`The address should be HOST:PORT, HOST or PORT, not "${typed}".`);
  const user = settings.text('user');
  if (user !== undefined && parseUserName(user) === undefined)
    problems.push(`"${user}" is no user name.`);
  const room = settings.text('room');
  if (room !== undefined && parseRoomName(room) === undefined)
    problems.push(`"${room}" is no room name.`);
  const password = readPassword(env, problems);
  if (!interactive && user === undefined)
    problems.push('In a pipe nobody can be asked who you are: give --user NAME.');
  if (!interactive && password === undefined)
    problems.push(
      'In a pipe nobody can be asked for the password: set SECURECHAT_PASSWORD, or SECURECHAT_PASSWORD_FILE to the name of a file.',
    );
  const checked = {
    caFile: settings.text('ca'),
    user: user === undefined ? undefined : parseUserName(user),
    password,
    room,
    register: settings.isOn('register'),
    takeover: settings.isOn('takeover'),
    times: settings.isOn('times'),
  };
  if (problems.length > 0 || address === undefined)
    throw new PlainFailure(problems.join('\n'), exitUsage);
  return { address, ...checked };
}

function readPassword(env: Environment, problems: string[]): string | undefined {
  const { SECURECHAT_PASSWORD: direct, SECURECHAT_PASSWORD_FILE: file } = env;
  const password = direct || (file && firstLine(file, problems));
  if (!password) return undefined;
  // Several words would not be taken for one password.
  if (/\s/.test(password)) problems.push('The password should have no spaces.');
  return password;
}

function firstLine(file: string, problems: string[]): string {
  try {
    const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
    if (line === '') problems.push(`The first line of ${file} should be the password.`);
    return line;
  } catch (error) {
    problems.push(`SECURECHAT_PASSWORD_FILE cannot be read: ${reasonOf(error)}.`);
    return '';
  }
}
