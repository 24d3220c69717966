import type { Address } from './address.ts';

const defaultHost = '127.0.0.1';
const defaultPort = 6379;

/**
 * What is to be done so that a Redis has a setting, now and after its next start: the end of a
 * sentence, to be copied as it stands. It asks for a password where one is needed, and holds none.
 *
 * @param setting as in redis.conf: its name and its value
 * @param configFile that this Redis was started with; empty when there is none to rewrite
 */
export function settingAdvice(address: Address, setting: string, configFile: string): string {
  const cli = cliTo(address);
  const now = `${cli} CONFIG SET ${setting}`;
  if (configFile === '') return `write ${setting} into its redis.conf, and run: ${now}`;
  return `run: ${now} && ${cli} CONFIG REWRITE`;
}

function cliTo({ options }: Address): string {
  const { host = defaultHost, port = defaultPort, password, tls } = options;
  const isDefault = host === defaultHost && port === defaultPort;
  return [
    'redis-cli',
    ...(isDefault ? [] : [`-h ${host} -p ${port}`]),
    ...(tls === undefined ? [] : ['--tls']),
    ...(password === undefined ? [] : ['--askpass']),
  ].join(' ');
}
