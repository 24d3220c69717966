import { dirname } from 'node:path';
import type { Certificates } from '../adapters/tls/certificates.ts';
import { isLoopback, isWildcard } from '../adapters/listening-host.ts';
import type { ServedAt } from '../server/start.ts';
import type { Colours } from './colours.ts';
import { word } from './invocation.ts';
import type { ServeOptions } from './serve-options.ts';

/** What has started. */
export interface Started {
  readonly version: string;
  readonly servers: readonly ServedAt[];
  readonly store: BannerStore;
  readonly certificate: Pick<Certificates, 'certFile' | 'caFile' | 'made' | 'validTo'>;
  readonly accounts:
    | { readonly kind: 'demo'; readonly accounts: readonly DemoAccount[] }
    | { readonly kind: 'some' | 'none' };
  readonly registration: ServeOptions['registration'];
  /** What stands for `securechat` where this was started. */
  readonly invocation: string;
  /** Whether `npm run connect` does as well. */
  readonly isNpmScript: boolean;
  /** This machine's name, as others may know it. */
  readonly hostname: string;
}

interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

/** Where the log is, in words that hold no password. */
export interface BannerStore {
  readonly words: string;
  /** What a command needs to be told to find the same store, if anything. */
  readonly flags: string;
}

type Row = readonly [title: string, lines: readonly string[]];

/** As `connect` takes them when it is told nothing. */
const connectDefaults = { address: 'localhost:1222', ca: 'certs/ca.crt' };

/** The lines that tell a person what runs, where and how to connect, and how to stop it. */
export function banner(started: Started, paint: Colours): string {
  const { version, servers, store } = started;
  const rows: readonly Row[] = [
    [servers.length > 1 ? 'Servers' : 'Server', servers.map(serverLine)],
    ['Connect', servers.map((server) => paint.cyan(connectLine(started, server)))],
    ['Elsewhere', elsewhereLines(started, paint)],
    ['Browser', browserLines(started, paint)],
    ['Accounts', accountLines(started, paint)],
    ['Log', [store.words]],
    ['Certificate', certificateLines(started)],
    ['Stop', ['Ctrl-C']],
  ];
  const shown = rows.filter(([, lines]) => lines.length > 0);
  const width = Math.max(...shown.map(([title]) => title.length));
  const body = shown.flatMap(([title, lines]) =>
    lines.map((line, index) => {
      const label = (index === 0 ? title : '').padEnd(width);
      return `  ${paint.dim(label)}  ${line}`;
    }),
  );
  return ['', paint.bold(`SecureChat ${version} is running.`), '', ...body, '', ''].join('\n');
}

function serverLine({ name, host, port }: ServedAt): string {
  const where = isWildcard(host) ? `port ${port} of every address` : addressOf(host, port);
  return name === `${host}-${port}` ? where : `${where}, named ${name}`;
}

function connectLine(started: Started, server: ServedAt): string {
  const { certificate, invocation, isNpmScript } = started;
  const { host, port } = server;
  const isHere = isWildcard(host) || host === '127.0.0.1';
  const address = isHere ? `localhost:${port}` : addressOf(host, port);
  const { caFile = connectDefaults.ca } = certificate;
  const args = [
    ...(address === connectDefaults.address ? [] : [address]),
    ...(caFile === connectDefaults.ca ? [] : ['--ca', word(caFile)]),
  ].join(' ');
  const command = isNpmScript ? 'npm run connect' : `${invocation} connect`;
  if (args === '') return command;
  return isNpmScript ? `${command} -- ${args}` : `${command} ${args}`;
}

/** How other machines get in, if they can. */
function elsewhereLines(
  { servers, certificate, hostname, invocation }: Started,
  paint: Colours,
): readonly string[] {
  const [server] = servers;
  if (server === undefined || isLoopback(server.host)) return [];
  const address = addressOf(isWildcard(server.host) ? hostname : server.host, server.port);
  const command = `${invocation} connect ${address}`;
  if (certificate.caFile === undefined) return [paint.cyan(command)];
  return [`with a copy of ${certificate.caFile}:`, paint.cyan(`${command} --ca ca.crt`)];
}

/** A development authority is one that no browser knows: better to read of it here first. */
function browserLines(
  { servers, certificate, invocation }: Started,
  paint: Colours,
): readonly string[] {
  const addresses = servers.flatMap(({ web }) => (web === undefined ? [] : paint.cyan(web)));
  const { caFile } = certificate;
  if (addresses.length === 0 || caFile === undefined) return addresses;
  const dir = dirname(caFile);
  const flags = dir === dirname(connectDefaults.ca) ? '' : ` --certs ${word(dir)}`;
  return [
    ...addresses,
    'it warns "Your connection is not private" (in Firefox of a',
    '"Potential Security Risk"): choose Advanced and go on, or run',
    paint.cyan(`${invocation} certs trust${flags}`),
    'which prints the commands that make it trust this machine',
  ];
}

function accountLines(
  { accounts, registration, invocation, store }: Started,
  paint: Colours,
): readonly string[] {
  if (accounts.kind === 'demo') {
    const pairs = accounts.accounts.map(({ user, password }) => `${user}/${password}`);
    return [pairs.join('  '), 'for trying out: everybody knows these passwords'];
  }
  if (accounts.kind === 'some') return [];
  const command = [invocation, 'user add NAME', store.flags].filter(Boolean).join(' ');
  const lines = ['none yet; make one:', paint.cyan(command)];
  return registration === 'open' ? [...lines, 'or REGISTER once connected'] : lines;
}

function certificateLines({ certificate }: Started): readonly string[] {
  const { certFile, caFile, made, validTo } = certificate;
  const valid = `valid until ${validTo.toISOString().slice(0, 10)}`;
  switch (made) {
    case 'authority':
      return [
        `${certFile}, made now; ${valid}`,
        `signed by a development authority, also made now: ${caFile}`,
      ];
    case 'certificate':
      return [`${certFile}, renewed now by the authority ${caFile}; ${valid}`];
    case 'nothing':
      return [`${certFile}, ${valid}`];
  }
}

/** As it is typed: an IPv6 address in brackets. */
const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
