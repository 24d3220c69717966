import type { WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { ClientCommand } from '../core/command.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { AppendOutcome } from '../core/event-store.ts';

/** What became of a command: `ok`, or the code of the error that its client was told. */
export type CommandOutcome = 'ok' | ErrorCode;

/** As a metric counts it. */
export const outcomeOf = (answer: Answer): CommandOutcome =>
  answer.kind === 'error' ? answer.code : 'ok';

/** What a chat server tells of itself as it goes, to be counted: never a name or a text. */
export interface Metrics {
  connected(transport: WireFormat['transport']): void;
  /** A command other than a message was carried out, or refused. */
  answered(command: ClientCommand['type'], outcome: CommandOutcome): void;
  /** A message was stored and shown to those here, or refused, so long after it came. */
  said(outcome: CommandOutcome, afterMs: number): void;
  /** A commit with events got its outcome, so long after it was handed to the store. */
  appended(outcome: AppendOutcome, afterMs: number): void;
}

/** For tests of everything else. */
export const noMetrics: Metrics = {
  connected() {},
  answered() {},
  said() {},
  appended() {},
};
