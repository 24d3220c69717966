import type { AppendOutcome, Commit } from '../../../core/event-store.ts';
import { epochStream } from '../../../core/stream.ts';

/** A record as the model keeps it: what identifies it, and where it stands. */
export interface ModelRecord {
  readonly id: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly link?: { readonly stream: string; readonly revision: number };
}

/** What a store is to answer; with more than one conflict it may name any of them. */
export type Expected =
  | {
      readonly status: 'appended';
      readonly position?: number;
      readonly revisions: readonly number[];
    }
  | { readonly status: 'conflict'; readonly of: ReadonlyMap<string, number> }
  | { readonly status: 'repeated'; readonly key: string }
  | { readonly status: 'mismatch' };

/** One partition's log in the plainest form. */
export class LogModel {
  readonly records: ModelRecord[] = [];
  readonly #streams = new Map<string, ModelRecord[]>();
  readonly #used = new Map<string, string>();

  /** `first` is the id of the log's first record, which its store made. */
  constructor(first: string) {
    this.#add(first, epochStream, undefined);
  }

  revision(stream: string): number {
    return this.stream(stream).length;
  }

  stream(name: string): readonly ModelRecord[] {
    return this.#streams.get(name) ?? [];
  }

  append(commit: Commit): Expected {
    const key = commit.once && `${commit.once.session}/${commit.once.sequence}`;
    const used = key === undefined ? undefined : this.#used.get(key);
    if (key !== undefined && used !== undefined) {
      return used === contentOf(commit) ? { status: 'repeated', key } : { status: 'mismatch' };
    }
    const conflicts = commit.parts.filter(
      ({ stream, expected }) => expected !== 'any' && expected !== this.revision(stream),
    );
    if (conflicts.length > 0) {
      const of = new Map(conflicts.map(({ stream }) => [stream, this.revision(stream)]));
      return { status: 'conflict', of };
    }
    if (key !== undefined) this.#used.set(key, contentOf(commit));
    const position = this.records.length + 1;
    for (const { stream, events } of commit.parts) {
      for (const { id, link } of events) this.#add(id, stream, link);
    }
    const revisions = commit.parts.map(({ stream }) => this.revision(stream));
    // A commit without events has no position worth telling.
    const isEmpty = position > this.records.length;
    return { status: 'appended', ...(isEmpty ? {} : { position }), revisions };
  }

  #add(id: string, stream: string, link: string | undefined): void {
    const position = this.records.length + 1;
    const place = { id, position, stream, revision: this.revision(stream) + 1 };
    const revision = link === undefined ? 0 : this.revision(link) + 1;
    const record = link === undefined ? place : { ...place, link: { stream: link, revision } };
    this.records.push(record);
    this.#index(stream, record);
    if (link !== undefined) this.#index(link, record);
  }

  #index(stream: string, record: ModelRecord): void {
    const records = this.#streams.get(stream);
    if (records) records.push(record);
    else this.#streams.set(stream, [record]);
  }
}

/** What is wrong with an outcome, or nothing. `firsts` holds what numbered commits first got. */
export function faultOf(
  outcome: AppendOutcome,
  expected: Expected,
  firsts: ReadonlyMap<string, AppendOutcome>,
): string | undefined {
  const fault = `${JSON.stringify(outcome)} instead of ${JSON.stringify(expected)}`;
  if (outcome.status !== expected.status) return fault;
  switch (expected.status) {
    case 'appended': {
      const { position, revisions } = expected;
      const isSame = isEqual(outcome, { ...outcome, ...(position ? { position } : {}), revisions });
      return isSame ? undefined : fault;
    }
    case 'conflict': {
      const isNamed =
        outcome.status === 'conflict' && expected.of.get(outcome.stream) === outcome.revision;
      return isNamed ? undefined : fault;
    }
    case 'repeated': {
      const isFirst =
        outcome.status === 'repeated' && isEqual(outcome.first, firsts.get(expected.key));
      return isFirst ? undefined : fault;
    }
    case 'mismatch':
      return undefined;
    default:
      return expected satisfies never;
  }
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const contentOf = ({ parts }: Commit): string =>
  JSON.stringify(parts.map(({ stream, events }) => [stream, events.map((e) => [e.link, e.event])]));
