import { parseRange } from '../adapters/address-range.ts';
import { parseOrigin } from '../adapters/http/web-origins.ts';
import type { WebOptions, WebPlan } from '../server/web-side.ts';
import type { Flag, Settings } from './settings.ts';

/** Of the first server; of the next one the next, and so on. */
const defaultPort = 8443;
/** Without a word about it, a page has to be somewhere, not here: somebody may be here already. */
const defaultPortMax = defaultPort + 99;

const group = 'For browsers';

export const webFlags = {
  'web-port': {
    argument: 'PORT',
    group,
    about:
      'on this port, one for each --port; 0 for none, once for all (default: the first free from 8443 on)',
    repeatable: true,
  },
  'web-url': {
    argument: 'URL',
    group,
    about: 'where they reach that, one for each --port (default: https://HOST:PORT)',
    repeatable: true,
  },
  'allowed-origin': {
    argument: 'URL',
    group,
    about: 'pages from here may talk to the chat, beside its own',
    repeatable: true,
  },
  'metrics-from': {
    argument: 'ADDRESS',
    group,
    about: 'who may read /metrics, an address or a network (default: this machine)',
    repeatable: true,
  },
} as const satisfies Record<string, Flag>;

export type WebFlag = keyof typeof webFlags;

/** What the servers are to be for browsers, and for those who look after them. */
export interface ParsedWebOptions {
  /** One for each server; undefined where there is to be nothing for browsers. */
  readonly plans: readonly (WebPlan | undefined)[];
  readonly web: Omit<WebOptions, 'page'>;
}

/** Problems go to `settings.problems`. */
export function parseWebOptions<Name extends string>(
  settings: Settings<Name | WebFlag>,
  servers: number,
): ParsedWebOptions {
  const urls = parseUrls(settings, servers);
  const plans = parsePorts(settings, servers).map((port, index): WebPlan | undefined => {
    const url = urls[index] === undefined ? {} : { url: urls[index] };
    if (port === undefined) return { port: defaultPort + index, portMax: defaultPortMax, ...url };
    return port === 0 ? undefined : { port, ...url };
  });
  const allowedOrigins = parseEach(settings, 'allowed-origin', parseOrigin, originForm);
  const metricsReaders = parseEach(settings, 'metrics-from', parseRange, rangeForm);
  const readers = settings.given('metrics-from') === undefined ? {} : { metricsReaders };
  return { plans, web: { allowedOrigins, ...readers } };
}

const originForm = 'an address such as https://chat.example:8443, without a path';
const rangeForm = 'an address or a network such as 10.0.0.0/8';

/** Undefined for one that nobody has spoken of. */
function parsePorts<Name extends string>(
  settings: Settings<Name | WebFlag>,
  servers: number,
): readonly (number | undefined)[] {
  const ports = settings.integers('web-port', 0, 65_535);
  if (ports === undefined) return Array.from({ length: servers });
  if (ports.length === 1 && ports[0] === 0) return Array.from({ length: servers }, () => 0);
  checkCount(settings, 'web-port', servers);
  return ports;
}

function parseUrls<Name extends string>(
  settings: Settings<Name | WebFlag>,
  servers: number,
): readonly string[] {
  checkCount(settings, 'web-url', servers);
  return parseEach(settings, 'web-url', parseSecureOrigin, originForm);
}

const parseSecureOrigin = (text: string): string | undefined =>
  text.startsWith('https:') ? parseOrigin(text) : undefined;

function checkCount<Name extends string>(
  settings: Settings<Name | WebFlag>,
  flag: WebFlag,
  servers: number,
): void {
  const given = settings.given(flag);
  if (given === undefined || given.values.length === servers) return;
  settings.problems.push(
    `${given.source} belongs to --port: give ${servers === 1 ? 'one' : `as many, ${servers}`}, not ${given.values.length}.`,
  );
}

function parseEach<Name extends string, T>(
  settings: Settings<Name | WebFlag>,
  flag: WebFlag,
  parse: (text: string) => T | undefined,
  form: string,
): readonly T[] {
  const { source, values } = settings.given(flag) ?? { source: flag, values: [] };
  return values.flatMap((text) => {
    const parsed = parse(text);
    if (parsed === undefined) settings.problems.push(`${source} should be ${form}, not "${text}".`);
    return parsed ?? [];
  });
}
