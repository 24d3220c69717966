import { foldRecord } from '../../adapters/fold-record.ts';
import { openLogFile } from '../../adapters/log-file/source.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import { beginningOf, between, endOf } from '../../cli/replay/log-span.ts';
import { mergedLog } from '../../cli/replay/merged-log.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { type ChatView, emptyChat } from '../../core/views/chat.ts';
import { chatFrom } from '../../core/views/chat-state.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';

/** A part of a log, as `securechat replay --slice` wrote it: how it began, and what happened then. */
export interface LogSlice {
  /** The state before the first record; a new view at each call. */
  before(): ChatView;
  readonly records: readonly Recorded[];
  /** The state behind the last one. */
  after(): ChatView;
}

/** Loads an incident into a test. */
export async function loadSlice(path: string): Promise<LogSlice> {
  const file = await openLogFile(path);
  try {
    const { before: start } = file.header;
    const spans = between(start?.positions ?? beginningOf(file), await endOf(file));
    const stored: StoredRecord[] = [];
    for await (const batch of mergedLog(file, spans)) stored.push(...batch);
    const before = (): ChatView => (start === undefined ? emptyChat() : chatFrom(start.state));
    const after = (): ChatView => {
      const view = before();
      for (const record of stored) {
        const recorded = foldRecord(record);
        if (recorded !== undefined) evolveWholeChat(view, recorded);
      }
      return view;
    };
    return { before, records: stored.map(decodeRecord), after };
  } finally {
    await file.close();
  }
}
