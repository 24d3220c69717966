import type { LogSource } from '../../core/log-source.ts';
import { type ChatView, emptyChat } from '../../core/views/chat.ts';
import { beginningOf, type Positions } from './log-span.ts';

/** Where the records of a log begin, and what was so before them. */
export interface LogStart {
  /** Of each partition the last position that is not there; 0 in a log that is whole. */
  readonly positions: Positions;
  /** A new view of the chat's state there, which the caller may change. */
  view(): ChatView;
}

export const wholeStart = (source: LogSource): LogStart => ({
  positions: beginningOf(source),
  view: emptyChat,
});
