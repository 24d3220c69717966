import { hostname } from 'node:os';
import { isLoopback, isWildcard } from '../adapters/listening-host.ts';
import { canBeCertified } from '../adapters/tls/certificate-names.ts';
import type { CertificateSource } from '../adapters/tls/certificates.ts';
import type { ServerPlan } from '../server/taken-ports.ts';
import type { TrimmingPlan } from '../server/trimmer.ts';
import { certificateFlags, certificateGroup, parseCertificates } from './certificate-options.ts';
import { connectFlags } from './connect-options.ts';
import { parseRetainOptions, retainFlags } from './retain-options.ts';
import { type Environment, type Flag, type Options, Settings, variableOf } from './settings.ts';
import {
  parseCheckpointOptions,
  checkpointFlags,
  type CheckpointOptions,
} from './checkpoint-options.ts';
import { parseStoreOptions, storeFlags, type StoreOptions } from './store-options.ts';
import { type ParsedWebOptions, parseWebOptions, webFlags } from './web-options.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const defaultPort = 1222;
const messagesPerSecondDefault = 1_000;
const messagesPerSecondMax = 1_000_000;

const network = 'Where it listens';
const chat = 'What it allows';

export const serveFlags = {
  host: { argument: 'HOST', group: network, about: 'on this address (default: 127.0.0.1)' },
  port: {
    argument: 'PORT',
    group: network,
    about: 'on this port; each one given is a chat server of its own (default: 1222)',
    repeatable: true,
  },
  name: {
    argument: 'NAME',
    group: network,
    about:
      "the server's name among the others (default: HOST-PORT; of several, -PORT is added to it)",
  },
  ...webFlags,
  ...storeFlags,
  ...checkpointFlags,
  ...certificateFlags,
  'tls-min': {
    argument: 'VERSION',
    group: certificateGroup,
    about: 'the oldest TLS that clients may speak: 1.3 (default) or 1.2',
  },
  demo: {
    group: chat,
    about: 'accounts whose passwords everybody knows; on loopback addresses only',
  },
  registration: {
    argument: 'HOW',
    group: chat,
    about: 'clients may make accounts: open or closed (default: open, but closed on Redis)',
  },
  'messages-per-second': {
    argument: 'N',
    group: chat,
    about: 'so many from one connection at most (default: 1000)',
  },
  ...retainFlags,
  'log-level': { argument: 'LEVEL', about: `${logLevels.join(', ')} (default: info)` },
} as const satisfies Record<string, Flag>;

type ServeFlag = keyof typeof serveFlags;

/** Variables that mean something, but are no flags. */
const otherVariables =
  /^SECURECHAT_(DEBUG|REDIS_FILE|MASTER_KEY|AUDIT_KEY_FILE|CONNECT|PASSWORD|PASSWORD_FILE|REDIS_SERVER|TMUX|CHROMIUM|TEST_\w+)$/;

const unsealedWarning =
  'There is no master key, so what people write is kept as it is: see docs/sealing.md, and --master-key-file.';

/** What `serve` was told, checked. */
export interface ServeOptions {
  /** Each is a chat server of its own. */
  readonly servers: readonly ServerPlan[];
  readonly web: ParsedWebOptions['web'];
  readonly store: StoreOptions;
  readonly certificates: CertificateSource;
  readonly tlsMin: 'TLSv1.3' | 'TLSv1.2';
  readonly demo: boolean;
  readonly registration: 'open' | 'closed';
  readonly messagesPerSecond: number;
  readonly checkpoints: CheckpointOptions;
  /** Absent: the log is kept for ever. */
  readonly trimming?: TrimmingPlan;
  readonly logLevel: (typeof logLevels)[number];
}

export type ParsedServeOptions =
  | { readonly options: ServeOptions; readonly warnings: readonly string[] }
  /** All that is wrong, a sentence each. */
  | { readonly problems: readonly string[] };

/** Reads the flags (as commander gives them) and the environment; a flag counts before a variable. */
export function parseServeOptions(flags: Options, env: Environment): ParsedServeOptions {
  const settings = new Settings<ServeFlag>(serveFlags, flags, env);
  const store = parseStoreOptions(settings, env);
  const ports = settings.integers('port', 1, 65_535) ?? [defaultPort];
  const { plans, web } = parseWebOptions(settings, settings.given('port')?.values.length ?? 1);
  const trimming = parseRetainOptions(settings);
  const options: ServeOptions = {
    servers: parseServers(settings, ports, plans),
    web,
    store,
    certificates: parseCertificates(settings, plans),
    tlsMin: settings.choice('tls-min', ['1.3', '1.2']) === '1.2' ? 'TLSv1.2' : 'TLSv1.3',
    demo: parseDemo(settings),
    registration:
      settings.choice('registration', ['open', 'closed']) ??
      (store.kind === 'redis' ? 'closed' : 'open'),
    messagesPerSecond:
      settings.integer('messages-per-second', 1, messagesPerSecondMax) ?? messagesPerSecondDefault,
    checkpoints: parseCheckpointOptions(settings, env),
    ...(trimming && { trimming }),
    logLevel: settings.choice('log-level', logLevels) ?? 'info',
  };
  const { problems } = settings;
  if (problems.length > 0) return { problems };
  const unsealed = store.sealing === undefined ? [unsealedWarning] : [];
  return { options, warnings: [...strangers(env), ...withoutEffect(settings, store), ...unsealed] };
}

function parseServers(
  settings: Settings<ServeFlag>,
  ports: readonly number[],
  webPlans: ParsedWebOptions['plans'],
): ServeOptions['servers'] {
  const host = parseHost(settings);
  const webPorts = webPlans.flatMap((web) => (web?.portMax === undefined ? (web?.port ?? []) : []));
  const all = [...ports, ...webPorts];
  const repeated = all.filter((port, index) => all.indexOf(port) !== index);
  if (repeated.length > 0) {
    settings.problems.push(`Each port can be listened on once, but ${repeated[0]} is given twice.`);
  }
  const name = settings.text('name');
  if (name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
    settings.problems.push(
      `${settings.given('name')?.source} should be 1 to 63 letters, digits, dots, - and _, not "${name}".`,
    );
  }
  return ports.map((port, index) => {
    const web = webPlans[index];
    const at = { name: nameOf(name, host, port, ports.length), host, port };
    return web === undefined ? at : { ...at, web };
  });
}

/** Of two machines that listen everywhere, `0.0.0.0-1222` would name both. */
function nameOf(given: string | undefined, host: string, port: number, servers: number): string {
  if (given !== undefined) return servers === 1 ? given : `${given}-${port}`;
  return `${isWildcard(host) ? hostname() : host.replaceAll(':', '_')}-${port}`;
}

function parseHost(settings: Settings<ServeFlag>): string {
  const host = settings.text('host') ?? '127.0.0.1';
  if (!canBeCertified(host)) {
    const { source = 'The host' } = settings.given('host') ?? {};
    settings.problems.push(
      `${source} should be an address such as 127.0.0.1, ::1 or 0.0.0.0 (all), or a host name, not "${host}".`,
    );
  }
  return host;
}

function parseDemo(settings: Settings<ServeFlag>): boolean {
  const demo = settings.isOn('demo');
  const host = settings.text('host');
  if (demo && host !== undefined && !isLoopback(host)) {
    settings.problems.push(
      `Everybody knows the passwords of the demo accounts, so they can be had on a loopback address only, not on ${host}: drop ${settings.given('demo')?.source} or ${settings.given('host')?.source}.`,
    );
  }
  return demo;
}

/** Most likely a variable's name was misspelt. Those of `connect` may be set for everything. */
function strangers(env: Environment): readonly string[] {
  const flags = [...Object.keys(serveFlags), ...Object.keys(connectFlags)];
  const known = new Set(flags.map(variableOf));
  return Object.keys(env)
    .filter((name) => name.startsWith('SECURECHAT_') && !known.has(name))
    .filter((name) => !otherVariables.test(name))
    .map((name) => `The environment variable ${name} means nothing to serve; it is ignored.`);
}

function withoutEffect(settings: Settings<ServeFlag>, store: StoreOptions): readonly string[] {
  if (store.kind === 'redis') return [];
  return (['accept-loss', 'replicas'] as const)
    .flatMap((flag) => settings.given(flag) ?? [])
    .map(({ source }) => `${source} is about Redis; it is ignored here.`);
}
