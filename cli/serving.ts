import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Certificates, loadOrMakeCertificates } from '../adapters/tls/certificates.ts';
import { StoreUnreachable } from '../core/event-store.ts';
import { demoAccounts, type RunningChat, startChat } from '../server/start.ts';
import { banner, type Started } from './banner.ts';
import { goOnUnread } from './broken-output.ts';
import { colours } from './colours.ts';
import { invocation, isNpmScript } from './invocation.ts';
import { createLogger } from './logger.ts';
import { openServerStores, wordsFor } from './open-stores.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { parseServeOptions, type ServeOptions } from './serve-options.ts';
import type { Environment, Options } from './settings.ts';
import { sealingOf } from './sealing-plan.ts';
import { startFailure } from './start-failure.ts';
import { version } from './version.ts';

/** Where the build puts it: beside the program. */
const page = fileURLToPath(new URL('../page', import.meta.url));

/**
 * A person at the keyboard waits two seconds at most, with what the process itself takes to end;
 * whoever sends SIGTERM grants ten seconds or more.
 */
const stopMsMax = { SIGINT: 1_500, SIGHUP: 1_500, SIGTERM: 8_000 } as const;
type StopSignal = keyof typeof stopMsMax;

/**
 * Runs chat servers until a signal stops them.
 * @throws {PlainFailure} when the options make no sense (all problems, one a line), or a server
 *   cannot start.
 */
export async function serve(flags: Options, env: Environment): Promise<void> {
  const parsed = parseServeOptions(flags, env);
  if ('problems' in parsed) throw new PlainFailure(parsed.problems.join('\n'), exitUsage);
  const { options } = parsed;
  goOnUnread();
  const log = createLogger(options.logLevel);
  const { certificates, chat } = await start(options, log);
  const { lacking, warnings } = certificates;
  const about = lacking === undefined ? warnings : [lacking, ...warnings];
  for (const warning of [...parsed.warnings, ...about, ...chat.warnings]) log.warn(warning);
  // A person has the banner.
  if (!process.stderr.isTTY) log.info({ servers: chat.servers }, 'serving');
  const stopping = firstSignal();
  process.stdout.write(banner(startedBy(options, certificates, chat), colours(process.stdout)));
  const why = await Promise.race([stopping, chat.failure]);
  if (typeof why === 'string') return stop(chat, why);
  // Whatever goes wrong in the stop, the reason for it is the one to tell.
  const end = chat.stop().catch((error: unknown) => log.debug({ err: error }, 'the stop'));
  await Promise.race([end, sleep(stopMsMax.SIGTERM, undefined, { ref: false })]);
  throw startFailure(why);
}

async function start(
  options: ServeOptions,
  log: Logger,
): Promise<{ readonly certificates: Certificates; readonly chat: RunningChat }> {
  try {
    const { certificates: source } = options;
    // What is wrong with a certificate is told before anything starts, but its names are left as
    // they are: a start that fails for another reason must not change them.
    const found = await loadOrMakeCertificates('dir' in source ? { dir: source.dir } : source);
    let certificates = found;
    const sealing = sealingOf(options);
    const certify = async (): Promise<Certificates> => {
      const named = await loadOrMakeCertificates(source);
      certificates = found.made === 'nothing' ? named : { ...named, made: found.made };
      return certificates;
    };
    const chat = await startChat({
      servers: options.servers,
      openStores: (onLink) => openServerStores(options.store, onLink),
      certify,
      tlsMin: options.tlsMin,
      web: { page, ...options.web },
      registrationOpen: options.registration === 'open',
      demo: options.demo,
      messagesPerSecond: options.messagesPerSecond,
      sealing,
      ...(options.trimming && { trimming: options.trimming }),
      log,
    });
    return { certificates, chat };
  } catch (error) {
    throw startFailure(error, options.servers);
  }
}

function startedBy(options: ServeOptions, certificate: Certificates, chat: RunningChat): Started {
  const { demo, registration, store } = options;
  return {
    version: version(),
    servers: chat.servers,
    store: wordsFor(store),
    certificate,
    accounts: demo
      ? { kind: 'demo', accounts: demoAccounts }
      : { kind: chat.hasAccounts ? 'some' : 'none' },
    registration,
    invocation: invocation(),
    isNpmScript: isNpmScript(),
    hostname: hostname(),
  };
}

/** Further signals change nothing: npm passes on a Ctrl-C that the terminal has sent to all. */
function firstSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(stopMsMax) as StopSignal[]) {
      process.on(signal, () => resolve(signal));
    }
  });
}

async function stop(chat: RunningChat, signal: StopSignal): Promise<void> {
  console.log(`\n${signal === 'SIGINT' ? 'Ctrl-C' : signal}: stopping …`);
  const timeUp = sleep(stopMsMax[signal], 'untold' as const, { ref: false });
  if ((await Promise.race([stopped(chat), timeUp])) === 'untold') {
    console.log(
      'Stopped, but the log was not told in time: the other servers, or the next start, will notice.',
    );
    process.exit();
  }
  console.log('Stopped. The log is kept; start again to go on.');
}

/** A store that is out of reach is no reason to go on, and no failure of this process. */
async function stopped(chat: RunningChat): Promise<'told' | 'untold'> {
  try {
    await chat.stop();
    return 'told';
  } catch (error) {
    if (error instanceof StoreUnreachable) return 'untold';
    throw error;
  }
}
