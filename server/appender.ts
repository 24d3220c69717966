import type { Answer } from '../core/answer.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { ChatEvent } from '../core/event.ts';
import {
  type Actor,
  type Appended,
  type AppendOutcome,
  appendAnswerMsMax,
  type Commit,
  type NewEvent,
  type Writer,
} from '../core/event-store.ts';
import { type Rejection, unreachable } from '../core/rejection.ts';
import { accountsStream, inboxStream, partitionOf } from '../core/stream.ts';
import { randomId } from './random-id.ts';

/** From a command to its answer while the store is out of reach; the rest is for the way back. */
export const answerMsMax = appendAnswerMsMax - 100;

/** What a command does to one stream. */
export interface Part {
  readonly stream: string;
  readonly expected: number | 'any';
  readonly events: readonly ChatEvent[];
}

/** What became of a commit that was to be read back: then nobody asks where it lies. */
export type ReadOutcome = Exclude<AppendOutcome, Appended> | Pick<Appended, 'status'>;

/** Someone who folds the log: an append is answered when they have come to it. */
export interface Reader {
  /** Whether the view is of the log that is there: one that was set back has yet to be folded. */
  readonly isCurrent: boolean;
  /** Whether they come to it in time. */
  reached(partition: number, position: number, withinMs: number): Promise<boolean>;
}

/** Appends for one incarnation of a server, or for a tool. */
export class Appender {
  readonly #writer: Writer;
  readonly #reader: Reader;
  readonly #partitions: number;
  readonly #onFenced: () => void;
  /** What to do when a commit's last event is folded, by its id. */
  readonly #underWay = new Map<string, () => void>();

  constructor(writer: Writer, reader: Reader, partitions: number, onFenced: () => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#partitions = partitions;
    this.#onFenced = onFenced;
  }

  /**
   * Appends one commit; answers when the reader has folded it, so that whoever waits finds the
   * view changed and the answers to its events in the outbox. The outcome of a commit that cannot
   * be read back in time is `unknown`: the store was lost right after, and may have lost it.
   */
  append(actor: Actor, parts: readonly Part[], cause = randomId()): Promise<ReadOutcome> {
    return this.appendCommit(commitOf(actor, parts, cause));
  }

  /** The same for a commit that was made before. */
  async appendCommit(commit: Commit): Promise<ReadOutcome> {
    const last = commit.parts.flatMap(({ events }) => events).at(-1);
    if (last === undefined) return this.#appendAndRead(commit);
    const folded = new Promise<ReadOutcome>((resolve) => {
      this.#underWay.set(last.id, () => resolve({ status: 'appended' }));
    });
    try {
      return await Promise.race([this.#appendAndRead(commit), folded]);
    } finally {
      this.#underWay.delete(last.id);
    }
  }

  /** The reader folds this record: it is there, whatever becomes of the store's answer. */
  folds(id: string): void {
    this.#underWay.get(id)?.();
  }

  /**
   * Appends parts that may lie in several partitions: one commit for each partition, in the order
   * of the parts, up to the first that is not appended. The outcome is `unknown` when it is not the
   * very first: then a part of it is stored, and the rest is not.
   */
  async appendInTurn(
    actor: Actor,
    parts: readonly Part[],
    cause = randomId(),
  ): Promise<ReadOutcome> {
    const [first = [], ...others] = this.#byPartition(parts);
    let outcome = await this.append(actor, first, cause);
    for (const commit of others) {
      if (outcome.status !== 'appended') return outcome;
      outcome = await this.append(actor, commit, cause);
      if (outcome.status !== 'appended' && outcome.status !== 'fenced')
        return { status: 'unknown' };
    }
    return outcome;
  }

  /**
   * Appends one commit; answers as soon as the store does. While the log is being folded anew the
   * view is of another log, and nothing that was decided by it may be written.
   */
  async hand(commit: Commit): Promise<AppendOutcome> {
    if (!this.#reader.isCurrent) return { status: 'unavailable', reason: 'disconnected' };
    const outcome = await this.#writer.append(commit);
    if (outcome.status === 'fenced') this.#onFenced();
    return outcome;
  }

  /** Lets go of the store's writer; what still waits is answered `unavailable`. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  async #appendAndRead(commit: Commit): Promise<ReadOutcome> {
    const answerBy = performance.now() + answerMsMax;
    const outcome = await this.hand(commit);
    if (outcome.status !== 'appended') return outcome;
    const { parts } = commit;
    const events = parts.reduce((sum, part) => sum + part.events.length, 0);
    const partition = partitionOf(parts[0]?.stream ?? '', this.#partitions);
    const last = outcome.position + events - 1;
    const leftMs = answerBy - performance.now();
    return (await this.#reader.reached(partition, last, leftMs)) ? outcome : { status: 'unknown' };
  }

  #byPartition(parts: readonly Part[]): readonly (readonly Part[])[] {
    const groups = new Map<number, Part[]>();
    for (const part of parts) {
      const partition = partitionOf(part.stream, this.#partitions);
      groups.set(partition, [...(groups.get(partition) ?? []), part]);
    }
    return [...groups.values()];
  }
}

/** A commit whose events have their ids, and their places in a second stream. */
export function commitOf(actor: Actor, parts: readonly Part[], cause = randomId()): Commit {
  return {
    parts: parts.map(({ stream, expected, events }) => ({
      stream,
      expected,
      events: events.map((event) => newEvent(actor, cause, event)),
    })),
  };
}

/**
 * What to tell a client whose command was not appended; undefined when it was. A conflict is no
 * error: whoever expects a revision decides again.
 */
export function appendError(outcome: ReadOutcome): Answer | undefined {
  const code = errorOf(outcome);
  return code === undefined ? undefined : { kind: 'error', code, subject: '' };
}

/** A refusal by the rules, as an answer. */
export const rejected = ({ code, subject }: Rejection): Answer => ({
  kind: 'error',
  code,
  subject,
});

function newEvent(actor: Actor, cause: string, event: ChatEvent): NewEvent {
  const link = linkOf(event);
  return { id: randomId(), actor, cause, event, ...(link !== undefined && { link }) };
}

function linkOf(event: ChatEvent): string | undefined {
  switch (event.type) {
    case 'DirectMessagePosted':
      return inboxStream(event.data.to);
    case 'ReadMarked':
    case 'ConversationRead':
      return inboxStream(event.data.reader);
    case 'AccountRegistered':
      return accountsStream;
    default:
      return undefined;
  }
}

function errorOf({ status }: ReadOutcome): ErrorCode | undefined {
  switch (status) {
    case 'appended':
    case 'repeated':
      return undefined;
    case 'unknown':
      return 'OutcomeUnknown';
    case 'fenced':
      return 'ServerRestarted';
    case 'unavailable':
      return 'Unavailable';
    case 'mismatch':
      return 'SequenceReused';
    case 'conflict':
    case 'leased':
      return 'InternalError';
    default:
      return unreachable(status);
  }
}
