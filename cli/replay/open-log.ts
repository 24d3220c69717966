import { openLogFile } from '../../adapters/log-file/source.ts';
import { reasonOf } from '../../adapters/system-reason.ts';
import { StoreUnusable } from '../../core/event-store.ts';
import type { LogSource } from '../../core/log-source.ts';
import { chatFrom } from '../../core/views/chat-state.ts';
import { type Reading, recordReading } from '../../server/audit-reading.ts';
import { openExistingStores } from '../open-stores.ts';
import { PlainFailure } from '../plain-failure.ts';
import type { Options } from '../settings.ts';
import { type LogStart, wholeStart } from './log-start.ts';
import type { Source } from './replay-options.ts';
import { type TextOpener, withoutKeys } from './text-opener.ts';

/** A log that is read. */
export interface OpenedLog {
  readonly source: LogSource;
  readonly start: LogStart;
  readonly openTexts: TextOpener;
  /** Whether more can come. */
  readonly isLive: boolean;
  close(): Promise<void>;
}

/**
 * Opens a log to be read by an auditor. In a live one that is recorded first.
 * @throws {PlainFailure} for a file that cannot be read
 * @throws {StoreUnusable} @throws {StoreUnreachable} also when the reading could not be recorded:
 *   then nothing may be read
 */
export async function openLog(source: Source, reading: Reading): Promise<OpenedLog> {
  if (source.kind === 'file') return openFile(source.path);
  const stores = await openExistingStores(source.store);
  try {
    await recordReading(stores.events, reading);
  } catch (error) {
    await stores.close();
    throw error;
  }
  const { events, openTexts = withoutKeys } = stores;
  return {
    source: events,
    start: wholeStart(events),
    openTexts,
    isLive: true,
    close: () => stores.close(),
  };
}

/** A file belongs to whoever has it: that it is read is nobody else's business. */
async function openFile(path: string): Promise<OpenedLog> {
  try {
    const source = await openLogFile(path);
    const { before } = source.header;
    const start =
      before === undefined
        ? wholeStart(source)
        : { positions: before.positions, view: () => chatFrom(before.state) };
    const close = (): Promise<void> => source.close();
    return { source, start, openTexts: withoutKeys, isLive: false, close };
  } catch (error) {
    if (error instanceof StoreUnusable) throw error;
    throw new PlainFailure(`The log file ${path} cannot be read (${reasonOf(error)}).`);
  }
}

/** The command and its options as they were typed, apart from where the log and its keys are. */
export function readingWords(
  command: string,
  operands: readonly string[],
  options: Options,
): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || elsewhere.has(name)) return [];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') return [flag];
    const values = typeof value === 'string' ? [value] : value;
    return values.flatMap((one) => [flag, /\s/.test(one) ? JSON.stringify(one) : one]);
  });
  return [command, ...flags, ...operands].join(' ');
}

/** A URL may hold a password, and the reason has a place of its own. */
const elsewhere: ReadonlySet<string> = new Set(['data', 'redis', 'masterKeyFile', 'why']);
