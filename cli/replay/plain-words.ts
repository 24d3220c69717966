import { peekType } from '../../adapters/fold-record.ts';
import type { HandedOut } from '../../core/audit.ts';
import type { EventType } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import { sealedUnder } from '../../core/sealing.ts';
import { between, endOf, type Positions, type Span } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import type { OpenedLog } from './open-log.ts';
import { wantedRecord, type WantedRecords } from './record-filter.ts';
import { partOf } from './replay-job.ts';
import type { ReplayOptions } from './replay-options.ts';

/** What of people a way of reading shows. */
export interface Showing {
  readonly holds: HandedOut;
  /** How far that was looked for, where nothing but words that come later could make it more. */
  readonly through?: Positions;
}

type Log = Pick<OpenedLog, 'source' | 'start' | 'openTexts'>;

const textTypes: readonly EventType[] = ['MessagePosted', 'DirectMessagePosted'];

/**
 * What is handed out by a reading, found out before anything is: people's own words only where there
 * is one that can be read. Mostly the first message tells it; where there is none, all is looked at.
 * @throws {PlainFailure} for a place that the log does not have @throws {StoreUnreachable}
 */
export async function showingOf(log: Log, options: ReplayOptions): Promise<Showing> {
  const { mode, wanted } = options;
  switch (mode.kind) {
    case 'slice':
      return { holds: 'sealed' };
    case 'at':
    case 'diff':
    case 'report':
      return { holds: 'names' };
    case 'history': {
      if (wanted.types.size > 0 && !textTypes.some((type) => wanted.types.has(type)))
        return { holds: 'names' };
      // What somebody will say is not known.
      if (mode.follow) return { holds: 'words' };
      const end = await endOf(log.source);
      const { spans } = await partOf(log, options.stretch, end, log.start.gone);
      return showingIn(log, { spans, wanted, end });
    }
    case 'as':
    case 'step': {
      // What waited for a login was said before it, and who steps can go back.
      const end = await endOf(log.source);
      const { through } = await partOf(log, options.stretch, end);
      return showingIn(log, { spans: between(log.start.gone, through), wanted, end });
    }
  }
}

interface Looked {
  readonly spans: readonly Span[];
  readonly wanted: WantedRecords;
  readonly end: Positions;
}

async function showingIn(log: Log, { spans, wanted, end }: Looked): Promise<Showing> {
  const holdsThem = await holdsWords(log, spans, wanted);
  return holdsThem ? { holds: 'words' } : { holds: 'names', through: end };
}

/** Whether a text that is wanted is in plain, or can be opened. */
async function holdsWords(
  { source, openTexts }: Log,
  spans: readonly Span[],
  wanted: WantedRecords,
): Promise<boolean> {
  for await (const batch of mergedLog(source, spans)) {
    const texts = batch.flatMap((stored) => {
      const isText = stored.body !== undefined && isOfText(peekType(stored));
      return isText ? (wantedRecord(stored, wanted) ?? []) : [];
    });
    const opened = await openTexts(texts);
    if (opened.some(isPlain)) return true;
  }
  return false;
}

const isPlain = ({ event, withheld }: Recorded): boolean =>
  withheld === undefined && sealedUnder(event) !== undefined;

const isOfText = (type: string | undefined): boolean =>
  type === undefined || textTypes.some((one) => one === type);
