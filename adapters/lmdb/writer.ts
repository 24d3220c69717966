import { randomUUID } from 'node:crypto';

import type { AppendOutcome, Commit, Writer } from '../../core/event-store.ts';
import { partitionOfCommit } from '../commit-rules.ts';
import { type EncodedEvent, encodeEvent } from '../record-codec.ts';
import type { Environment } from './environment.ts';
import type { Job } from './group-commit.ts';
import { nameBytesMax } from './keys.ts';

/** What a record takes beside its event, in the log and its indexes. */
const recordOverheadBytes = 200;

export class LmdbWriter implements Writer {
  readonly #environment: Environment;
  readonly #identity: { server: string; incarnation: number; token: string };
  readonly #now: () => number;
  readonly #writtenTo = new Set<number>();
  /** What was handed to the group commit and is not settled. */
  readonly #pending = new Set<Job>();
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  /** `now`: milliseconds since 1970. */
  constructor(environment: Environment, server: string, incarnation: number, now: () => number) {
    this.#environment = environment;
    this.#identity = { server, incarnation, token: randomUUID() };
    this.#now = now;
  }

  /** Rejects with a RangeError for a partition that is not there, or a name that is too long. */
  async append(commit: Commit): Promise<AppendOutcome> {
    if (this.#closed) return { status: 'unavailable', reason: 'closed' };
    checkNames(commit);
    const { commits, info } = this.#environment;
    const number = partitionOfCommit(commit, info.partitions);
    const partition = this.#environment.partition(number);
    const encoded = commit.parts.flatMap(({ events }) => events.map(encodeEvent));
    return new Promise((resolve, reject) => {
      let outcome: AppendOutcome = { status: 'unknown' };
      const job: Job = {
        bytes: bytesOf(encoded),
        apply: () => {
          const writer = { ...this.#identity, hasWritten: this.#writtenTo.has(number) };
          outcome = partition.append(commit, encoded, writer, this.#now());
          if (outcome.status === 'appended') this.#writtenTo.add(number);
        },
        settle: (result) => {
          this.#pending.delete(job);
          if (this.#pending.size === 0) this.#onIdle?.();
          if (result instanceof Error) reject(result);
          else resolve(result === 'durable' ? outcome : result);
        },
      };
      this.#pending.add(job);
      commits.add(job);
    });
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#environment.commits.withdraw(this.#pending);
      if (this.#pending.size === 0) resolve();
    });
    return this.#closed;
  }
}

const bytesOf = (encoded: readonly EncodedEvent[]): number =>
  encoded.reduce(
    (sum, { meta, body }) => sum + meta.length + (body?.length ?? 0) + recordOverheadBytes,
    recordOverheadBytes,
  );

/** A name that is too long for a key would undo the whole batch that its commit is in. */
function checkNames({ parts, once, ends }: Commit): void {
  checkName(once?.session);
  checkName(ends?.server);
  for (const { stream, events } of parts) {
    checkName(stream);
    for (const { link } of events) checkName(link);
  }
}

function checkName(name = ''): void {
  if (Buffer.byteLength(name) > nameBytesMax) throw new RangeError('a name too long for a key');
}
