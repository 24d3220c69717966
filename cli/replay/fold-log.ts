import { foldRecord } from '../../adapters/fold-record.ts';
import type { LogSource } from '../../core/log-source.ts';
import type { ChatView } from '../../core/views/chat.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { between, type Positions } from './log-span.ts';
import { type LogStart, wholeStart } from './log-start.ts';
import { mergedLog } from './merged-log.ts';
import { noProgress, type Progress } from '../progress.ts';

/**
 * The whole state of the chat at a place in its log.
 * @throws {StoreUnreachable} {@link CorruptRecord}
 */
export async function foldTo(
  source: LogSource,
  through: Positions,
  start: LogStart = wholeStart(source),
  progress: Progress = noProgress,
): Promise<ChatView> {
  const view = start.view();
  for await (const batch of mergedLog(source, between(start.positions, through))) {
    for (const stored of batch) {
      const recorded = foldRecord(stored);
      if (recorded !== undefined) evolveWholeChat(view, recorded);
    }
    progress.read(batch.length);
  }
  return view;
}
