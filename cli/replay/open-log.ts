import { userInfo } from 'node:os';
import { openLogFile } from '../../adapters/log-file/source.ts';
import { reasonOf } from '../../adapters/system-reason.ts';
import type { AuditRead } from '../../core/audit.ts';
import { type EventStore, StoreUnusable } from '../../core/event-store.ts';
import type { LogSource } from '../../core/log-source.ts';
import { auditStream } from '../../core/stream.ts';
import { commitOf } from '../../server/appender.ts';
import { chatFrom } from '../../core/views/chat-state.ts';
import { openExistingStores } from '../open-stores.ts';
import { PlainFailure } from '../plain-failure.ts';
import type { Options } from '../settings.ts';
import { type LogStart, wholeStart } from './log-start.ts';
import type { Source } from './replay-options.ts';

/** A log that is read. */
export interface OpenedLog {
  readonly source: LogSource;
  readonly start: LogStart;
  /** Whether more can come. */
  readonly isLive: boolean;
  close(): Promise<void>;
}

/** In the log, who did it: no user, no session, a tool. */
const actor = { server: 'audit-tool', incarnation: 0 };

/**
 * Opens a log to be read by an auditor. In a live one that is recorded first.
 * @throws {PlainFailure} when it could not be recorded: then nothing may be read
 * @throws {StoreUnusable} @throws {StoreUnreachable}
 */
export async function openLog(
  source: Source,
  reading: { readonly what: string; readonly why: string | undefined },
): Promise<OpenedLog> {
  if (source.kind === 'file') return openFile(source.path);
  const stores = await openExistingStores(source.store);
  try {
    await recordReading(stores.events, reading);
  } catch (error) {
    await stores.close();
    throw error;
  }
  const { events } = stores;
  return { source: events, start: wholeStart(events), isLive: true, close: () => stores.close() };
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
    return { source, start, isLive: false, close: () => source.close() };
  } catch (error) {
    if (error instanceof StoreUnusable) throw error;
    throw new PlainFailure(`The log file ${path} cannot be read (${reasonOf(error)}).`);
  }
}

/** The command and its options as they were typed, apart from where the log is kept. */
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
const elsewhere: ReadonlySet<string> = new Set(['data', 'redis', 'why']);

async function recordReading(
  events: EventStore,
  { what, why }: { readonly what: string; readonly why: string | undefined },
): Promise<void> {
  const data = { reader: readerName(), what, ...(why !== undefined && { why }) };
  const read: AuditRead = { type: 'AuditRead', data };
  const writer = events.writer(actor.server, actor.incarnation);
  const part = { stream: auditStream(0), expected: 'any', events: [read] } as const;
  const { status } = await writer.append({ ...commitOf(actor, [part]), partition: 0 });
  await writer.close();
  if (status !== 'appended')
    throw new PlainFailure(
      `That somebody reads the log is to be recorded in it, and could not be (${status}): nothing was read.`,
    );
}

/** In a container the user may have no name. */
function readerName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
