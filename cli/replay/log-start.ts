import type { LogSource } from '../../core/log-source.ts';
import { type ChatView, emptyChat } from '../../core/views/chat.ts';
import { beginningOf, type Positions } from './log-span.ts';

/** Where the records of a log begin, and what was so before them. */
export interface LogStart {
  /** Of each partition the last position whose record is not there; 0 in a log that is whole. */
  readonly gone: Positions;
  /** Of each partition the position at which the state is known: the same, or further on. */
  readonly positions: Positions;
  /**
   * A new view of the chat's state there, which the caller may change.
   * @throws {PlainFailure} where it is known nowhere
   */
  view(): ChatView;
  /** How the rooms that were occupied there are called, where only that tells it. */
  readonly roomNames?: ReadonlyMap<string, string>;
  /** What is said to whoever wants to know what was before; absent in a log that is whole. */
  readonly lacks?: string;
}

export const wholeStart = (source: LogSource): LogStart => ({
  gone: beginningOf(source),
  positions: beginningOf(source),
  view: emptyChat,
});
