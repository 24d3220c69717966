import { appendAnswerMsMax } from '../../../core/event-store.ts';
import type { AppendOutcome, NewEvent, Recorded, Writer } from '../../../core/event-store.ts';
import { commitTo, messagePosted } from '../../support/events.ts';

interface Said {
  readonly event: NewEvent;
  readonly outcome: AppendOutcome;
  readonly tookMs: number;
}

/** Says things through one writer, and holds what was answered against what the log says. */
export class Journal {
  readonly stream: string;
  readonly #writer: Writer;
  readonly #said: (Said | undefined)[] = [];
  #isStopped = false;

  constructor(writer: Writer, stream = 'room:lobby') {
    this.#writer = writer;
    this.stream = stream;
  }

  /** How many outcomes there were of each status; of `unavailable` also of each reason. */
  get tally(): Readonly<Record<string, number>> {
    const tally: Record<string, number> = {};
    for (const said of this.#said) {
      if (said === undefined) continue;
      const { outcome } = said;
      const { status } = outcome;
      const name = outcome.status === 'unavailable' ? `${status}/${outcome.reason}` : status;
      tally[name] = (tally[name] ?? 0) + 1;
    }
    return tally;
  }

  count(name: string): number {
    return this.tally[name] ?? 0;
  }

  async say(text = 'hello'): Promise<AppendOutcome> {
    const event = messagePosted(text);
    const place = this.#said.push(undefined) - 1;
    const startedAt = performance.now();
    const outcome = await this.#writer.append(commitTo(this.stream, event));
    this.#said[place] = { event, outcome, tookMs: performance.now() - startedAt };
    return outcome;
  }

  /** Says so many things at the same moment. */
  async sayMany(howMany: number): Promise<readonly AppendOutcome[]> {
    return Promise.all(Array.from({ length: howMany }, (_, index) => this.say(String(index))));
  }

  /** Says one thing after the other, on so many ways at once, until it is told to stop. */
  async keepSaying(ways = 4): Promise<void> {
    this.#isStopped = false;
    const one = async (): Promise<void> => {
      while (!this.#isStopped) {
        const { status } = await this.say();
        // What is refused at once would otherwise be said again at once, for ever.
        if (status !== 'appended') await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all(Array.from({ length: ways }, one));
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** What was answered and is not so, by the log's records. Empty in the end. */
  faults(records: readonly Recorded[]): readonly string[] {
    const found = new Map<string, Recorded[]>();
    for (const record of records) {
      found.set(record.id, [...(found.get(record.id) ?? []), record]);
    }
    const faults: string[] = [];
    let last = 0;
    for (const said of this.#said) {
      if (said === undefined) faults.push('something was never answered');
      else {
        const there = found.get(said.event.id) ?? [];
        faults.push(...faultsOf(said, there));
        const position = there[0]?.position ?? last;
        if (position < last) faults.push(`position ${position} comes after ${last}`);
        last = position;
      }
    }
    return faults;
  }
}

function faultsOf({ outcome, tookMs }: Said, there: readonly Recorded[]): readonly string[] {
  const faults: string[] = [];
  const answer = JSON.stringify(outcome);
  if (tookMs > appendAnswerMsMax) faults.push(`${answer} after ${Math.round(tookMs)} ms`);
  if (there.length > 1) faults.push(`${answer}, and it is there ${there.length} times`);
  const [record] = there;
  switch (outcome.status) {
    case 'appended': {
      const isSo =
        record?.position === outcome.position && record.revision === outcome.revisions[0];
      if (!isSo) faults.push(`${answer}, and there is ${record?.position}/${record?.revision}`);
      return faults;
    }
    case 'unknown':
      return faults;
    default:
      if (record !== undefined) faults.push(`${answer}, and it is at ${record.position}`);
      return faults;
  }
}
