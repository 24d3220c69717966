import { peekType } from '../../adapters/fold-record.ts';
import { steadyLog } from '../../adapters/log-file/joined.ts';
import { openFiledLog } from '../../adapters/log-file/archive.ts';
import type { LogFile } from '../../adapters/log-file/source.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import { type FiledTexts, openFiledTexts } from '../../adapters/sealing/filed-texts.ts';
import { UnusableKeysFile } from '../../adapters/sealing/keys-file.ts';
import { reasonOf } from '../../adapters/system-reason.ts';
import { type EventStore, StoreUnusable } from '../../core/event-store.ts';
import type { LogSource, StoredLog } from '../../core/log-source.ts';
import { chatFrom } from '../../core/views/chat-state.ts';
import { type Reading, recordReading } from '../../server/audit-reading.ts';
import { withArchive } from '../archived-log.ts';
import { openExistingStores } from '../open-stores.ts';
import { PlainFailure } from '../plain-failure.ts';
import { partitionsOf } from './log-span.ts';
import { type LogStart, wholeStart } from './log-start.ts';
import type { FileOfKeys, Source } from './source.ts';
import { type TextOpener, withoutKeys } from './text-opener.ts';
import { startOfLive } from './trimmed-start.ts';

/** A log that is read. */
export interface OpenedLog {
  readonly source: LogSource;
  readonly start: LogStart;
  readonly openTexts: TextOpener;
  /** The store to which more can come; absent for a file. */
  readonly live?: EventStore;
  /**
   * Tells in a live log that it is read; to be called before anything of it is shown.
   * @throws {StoreUnreachable} when that could not be told: then nothing may be shown
   */
  tell(reading: Reading): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a log to be read by an auditor: a live one with its archive from its beginning, and without
 * from where it begins by now.
 * @throws {PlainFailure} for a file, or an archive, that cannot be read
 * @throws {UnusableKeysFile} @throws {UnusableMasterKey} when its texts are wanted, and cannot be opened
 * @throws {StoreUnusable} @throws {StoreUnreachable}
 */
export async function openLog(source: Source): Promise<OpenedLog> {
  if (source.kind === 'file') return openFile(source.path, source.keys);
  const stores = await openExistingStores(source.store);
  const { events, openTexts = withoutKeys } = stores;
  let log: StoredLog | undefined;
  const close = async (): Promise<void> => {
    await log?.close();
    await stores.close();
  };
  try {
    const { archive } = source;
    log = await (archive === undefined ? steadyLog(events) : withArchive(archive, events));
    const start = await (archive === undefined ? startOfLive(events) : wholeStart(events));
    const tell = (reading: Reading): Promise<void> => recordReading(events, reading);
    return { source: log, start, openTexts, live: events, tell, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A file belongs to whoever has it: that it is read is nobody else's business. */
async function openFile(path: string, keys: FileOfKeys | undefined): Promise<OpenedLog> {
  const source = await fileAt(path);
  try {
    const texts = keys && (await openTextsOf(source, path, keys));
    const start = await startOfFile(path, source);
    const close = async (): Promise<void> => {
      texts?.close();
      await source.close();
    };
    return { source, start, openTexts: texts?.open ?? withoutKeys, tell: tellNobody, close };
  } catch (error) {
    await source.close();
    throw error;
  }
}

const tellNobody = async (): Promise<void> => {};

async function startOfFile(path: string, file: LogFile): Promise<LogStart> {
  const { before } = file.header;
  if (before !== undefined) {
    const { positions, state } = before;
    const lacks = `${path} begins behind position ${positions.join(',')}: what was before is not in it.`;
    const roomNames = new Map(Object.entries(state.rooms).map(([room, { name }]) => [room, name]));
    return { gone: positions, positions, view: () => chatFrom(state), roomNames, lacks };
  }
  const heads = await Promise.all(partitionsOf(file).map((partition) => file.head(partition)));
  if (heads.every(({ first, position }) => first === 1 && position > 0)) return wholeStart(file);
  const lacks = `${path} is a part of a log, without what was before or in other partitions: of an archive, read it with its log by --archive.`;
  const gone = heads.map(({ first }) => first - 1);
  const view = (): never => {
    throw new PlainFailure(lacks);
  };
  return { gone, positions: gone, view, lacks };
}

/** The keys of a log open nothing of another. @throws {UnusableKeysFile} @throws {UnusableMasterKey} */
async function openTextsOf(source: LogFile, path: string, keys: FileOfKeys): Promise<FiledTexts> {
  const texts = await openFiledTexts(keys.path, keys.master);
  const epochs = await epochsIn(source);
  if (texts.epochs.some((epoch) => epochs.has(epoch))) return texts;
  texts.close();
  throw new UnusableKeysFile(`The keys in ${keys.path} are of another log than ${path}.`);
}

/** Those that a file tells of in its first line, and its first: it may have been set back since. */
async function epochsIn(source: LogFile): Promise<ReadonlySet<string>> {
  const epochs = new Set(source.header.epochs);
  for (const partition of partitionsOf(source)) {
    const [first] = await source.readStored(partition, 1, 1);
    if (first === undefined || peekType(first) !== 'EpochStarted') continue;
    const { event } = decodeRecord(first);
    if (event.type === 'EpochStarted') epochs.add(event.data.epoch);
  }
  return epochs;
}

async function fileAt(path: string): Promise<LogFile> {
  try {
    return await openFiledLog(path);
  } catch (error) {
    if (error instanceof StoreUnusable) throw error;
    throw new PlainFailure(`The log file ${path} cannot be read (${reasonOf(error)}).`);
  }
}
