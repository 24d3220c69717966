import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import {
  type Certificates,
  loadCertificates,
  loadOrMakeCertificates,
} from '../adapters/tls/certificates.ts';
import { StoreUnreachable } from '../core/event-store.ts';
import { demoAccounts, type RunningChat, startChat } from '../server/start.ts';
import { banner, type Started } from './banner.ts';
import { goOnUnread } from './broken-output.ts';
import { colours } from './colours.ts';
import { invocation, isNpmScript } from './invocation.ts';
import { keyFileWarnings } from './key-file-warnings.ts';
import { createLogger } from './logger.ts';
import { openServerStores, wordsFor } from './open-stores.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { parseServeOptions, type ServeOptions } from './serve-options.ts';
import type { Environment, Options } from './settings.ts';
import { sealingOf } from './sealing-plan.ts';
import { startFailure } from './start-failure.ts';
import { type StopSignal, stopMsMax } from './stop-signal.ts';
import { version } from './version.ts';

/** Where the build puts it: beside the program. */
const page = fileURLToPath(new URL('../page', import.meta.url));

/**
 * Runs chat servers until a signal stops them, also while they start.
 * @throws {PlainFailure} when the options make no sense (all problems, one a line), a server cannot
 *   start, or something goes wrong that nobody foresaw: where is in the log
 */
export async function serve(
  flags: Options,
  env: Environment,
  stopping: Promise<StopSignal>,
): Promise<void> {
  const parsed = parseServeOptions(flags, env);
  if ('problems' in parsed) throw new PlainFailure(parsed.problems.join('\n'), exitUsage);
  const { options } = parsed;
  goOnUnread();
  const log = createLogger(options.logLevel);
  const crash = firstCrash();
  const vain = new AbortController();
  const starting = start(options, log, vain.signal);
  const early = await Promise.race([stopping, crash, starting]);
  if (typeof early === 'string') return stopStart(starting, vain, early);
  if (early instanceof Error) throw unforeseen(early, log);
  const chat = early;
  const { lacking, warnings } = chat.certificate;
  const about = lacking === undefined ? warnings : [lacking, ...warnings];
  const ofKeys = keyFileWarnings(options);
  for (const warning of [...parsed.warnings, ...ofKeys, ...about, ...chat.warnings])
    log.warn(warning);
  // A person has the banner.
  if (!process.stderr.isTTY) log.info({ servers: chat.servers }, 'serving');
  process.stdout.write(banner(startedBy(options, chat), colours(process.stdout)));
  const why = await Promise.race([stopping, chat.failure, crash]);
  if (typeof why === 'string') return stop(chat, why);
  const failure = startFailure(why);
  const told = failure instanceof PlainFailure ? failure : unforeseen(why, log);
  // Whatever goes wrong in the stop, the reason for it is the one to tell.
  const end = chat.stop().catch((error: unknown) => log.debug({ err: error }, 'the stop'));
  await Promise.race([end, sleep(stopMsMax.SIGTERM, undefined, { ref: false })]);
  throw told;
}

/** The first error that nobody caught. From now on none ends the process by itself. */
function firstCrash(): Promise<Error> {
  return new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
}

/** Where it came from is for the log, which is read later and elsewhere. */
function unforeseen(error: unknown, log: Logger): PlainFailure {
  log.fatal({ err: error }, 'something unexpected went wrong');
  const message = error instanceof Error ? error.message : String(error);
  return new PlainFailure(`Something unexpected went wrong: ${message}. The log says where.`);
}

async function start(
  options: ServeOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningChat<Certificates>> {
  try {
    const { certificates: source } = options;
    // What is wrong with a certificate is told before anything starts. It is made, or changed, when
    // all has: a start that fails for another reason must leave nothing behind.
    await ('dir' in source ? loadCertificates(source.dir) : loadOrMakeCertificates(source));
    const sealing = sealingOf(options);
    return await startChat({
      servers: options.servers,
      openStores: (onLink) => openServerStores(options.store, onLink),
      certify: () => loadOrMakeCertificates(source),
      tlsMin: options.tlsMin,
      web: { page, ...options.web },
      registrationOpen: options.registration === 'open',
      demo: options.demo,
      messagesPerSecond: options.messagesPerSecond,
      sealing,
      ...(options.trimming && { trimming: options.trimming }),
      log,
      signal,
    });
  } catch (error) {
    const failure = startFailure(error, options.servers);
    if (failure instanceof PlainFailure || signal.aborted) throw failure;
    throw unforeseen(error, log);
  }
}

function startedBy(options: ServeOptions, chat: RunningChat<Certificates>): Started {
  const { demo, registration, store } = options;
  return {
    version: version(),
    servers: chat.servers,
    store: wordsFor(store),
    certificate: chat.certificate,
    accounts: demo
      ? { kind: 'demo', accounts: demoAccounts }
      : { kind: chat.hasAccounts ? 'some' : 'none' },
    registration,
    invocation: invocation(),
    isNpmScript: isNpmScript(),
    hostname: hostname(),
  };
}

/** There may be something left that cannot be called off, such as a Redis that is waited for. */
async function stopStart(
  starting: Promise<RunningChat>,
  vain: AbortController,
  signal: StopSignal,
): Promise<never> {
  console.log(`\n${wordFor(signal)}: stopping …`);
  vain.abort();
  // One that has come about in this moment is stopped like any other.
  const undone = starting.then(
    (chat) => stopped(chat),
    () => 'told' as const,
  );
  // Nobody was served yet, so there is little to end, whoever asks.
  const timeUp = sleep(stopMsMax.SIGINT, 'untold' as const);
  const end = await Promise.race([undone, timeUp]);
  console.log(end === 'told' ? 'Stopped before it served.' : untold);
  process.exit();
}

async function stop(chat: RunningChat, signal: StopSignal): Promise<void> {
  console.log(`\n${wordFor(signal)}: stopping …`);
  const timeUp = sleep(stopMsMax[signal], 'untold' as const, { ref: false });
  if ((await Promise.race([stopped(chat), timeUp])) === 'untold') {
    console.log(untold);
    process.exit();
  }
  console.log('Stopped. The log is kept; start again to go on.');
}

const wordFor = (signal: StopSignal): string => (signal === 'SIGINT' ? 'Ctrl-C' : signal);

const untold =
  'Stopped, but the log was not told in time: the other servers, or the next start, will notice.';

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
