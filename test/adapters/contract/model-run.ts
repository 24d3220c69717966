import type {
  AppendOutcome,
  Commit,
  EventStore,
  Recorded,
  StreamAppend,
  Writer,
} from '../../../core/event-store.ts';
import { messagePosted, newEvent } from '../../support/events.ts';
import { faultOf, LogModel, type ModelRecord } from './log-model.ts';
import { type TestLogs, times } from './log-under-test.ts';
import type { PlannedBurst, PlannedCommit, PlannedPart } from './random-commits.ts';

export const roomsPerPartition = 3;
const inbox = 'inbox:everybody';
/** Of each stream, the last so many records are compared after each case. */
const comparedPerStream = 30;

/** A partition of the log, and what the model and the run know of it. */
interface Side {
  readonly partition: number;
  readonly rooms: readonly string[];
  readonly model: LogModel;
  /** What the numbered commits were first answered. */
  readonly firsts: Map<string, AppendOutcome>;
  lastNumbered: Commit | undefined;
  compared: number;
}

/** One log and its model through all cases: each case goes on where the one before ended. */
export class ModelRun {
  readonly #stores: readonly EventStore[];
  readonly #writers: readonly Writer[];
  readonly #sides: readonly Side[];
  readonly #met = new Set<string>();
  #numbers = 0;

  private constructor(stores: readonly EventStore[], sides: readonly Side[]) {
    this.#stores = stores;
    this.#writers = stores.map((store, index) => store.writer(`s${index}`, 1));
    this.#sides = sides;
  }

  /** On a log that is new, opened as often as there are stores. */
  static async start(logs: TestLogs, stores: readonly EventStore[]): Promise<ModelRun> {
    const sides = logs.all.map(async (partition): Promise<Side> => {
      const first = await stores[0]?.readAll(partition, 1, 1);
      const model = new LogModel(first?.[0]?.id ?? '');
      const rooms = logs.streams('room', roomsPerPartition, partition);
      const firsts = new Map<string, AppendOutcome>();
      return { partition, rooms, model, firsts, lastNumbered: undefined, compared: 0 };
    });
    return new ModelRun(stores, await Promise.all(sides));
  }

  met(): string {
    return [...this.#met].toSorted().join(', ');
  }

  /** Whether each outcome that the model knows has come up. */
  hasMetEverything(): boolean {
    return this.met() === 'appended, conflict, mismatch, repeated';
  }

  /** @throws {Error} when an outcome is not the model's */
  async play({ writer, commits }: PlannedBurst): Promise<void> {
    const sent = commits.map((planned) => {
      const side = this.#side(planned.partition);
      const commit = this.#commit(planned, side);
      const expected = side.model.append(commit);
      return { side, commit, expected, outcome: this.#writer(writer).append(commit) };
    });
    for (const { side, commit, expected, outcome: promised } of sent) {
      const outcome = await promised;
      this.#met.add(outcome.status);
      const { once } = commit;
      if (once && outcome.status === 'appended') {
        side.firsts.set(`${once.session}/${once.sequence}`, outcome);
      }
      const fault = faultOf(outcome, expected, side.firsts);
      if (fault !== undefined) throw new Error(fault);
    }
  }

  /** @throws {Error} when a log, since the last time, or one of its streams is not the model's */
  async compare(): Promise<void> {
    for (const side of this.#sides) {
      const { partition, model, rooms, compared } = side;
      const news = model.records.slice(compared);
      for (const store of this.#stores) {
        same(await store.readAll(partition, compared + 1, news.length + 10), news);
        for (const stream of [...rooms, inbox]) {
          const query = { stream, partition, direction: 'backwards' } as const;
          const records = await store.readStream({ ...query, limit: comparedPerStream });
          same(records.toReversed(), model.stream(stream).slice(-comparedPerStream));
        }
      }
      side.compared = model.records.length;
    }
  }

  #commit(planned: PlannedCommit, side: Side): Commit {
    const { partition, lastNumbered } = side;
    if (planned.once === 'again' && lastNumbered) return withNewEvents(lastNumbered);
    const parts = planned.parts.map((part) => partOf(part, side));
    if (planned.once === 'not') return { partition, parts };
    if (planned.once === 'altered' && lastNumbered?.once) {
      return { partition, parts, once: lastNumbered.once };
    }
    this.#numbers += 1;
    const once = { session: `s${this.#numbers % 3}`, sequence: this.#numbers };
    side.lastNumbered = { partition, parts, once };
    return side.lastNumbered;
  }

  #side(partition: number): Side {
    const side = this.#sides[partition];
    if (side === undefined) throw new Error(`there is no partition ${partition}`);
    return side;
  }

  #writer(index: number): Writer {
    const writer = this.#writers[index];
    if (writer === undefined) throw new Error(`there is no writer ${index}`);
    return writer;
  }
}

function partOf({ room, expected, events }: PlannedPart, { model, rooms }: Side): StreamAppend {
  const stream = rooms[room] ?? '';
  const revision = model.revision(stream);
  const wrong = { ahead: revision + 1, behind: revision === 0 ? 7 : revision - 1 };
  const revisions = { any: 'any', right: revision, ...wrong } as const;
  const linked = { link: inbox };
  return {
    stream,
    expected: revisions[expected],
    events: events.map(({ text, isLinked }) => {
      const said = messagePosted(text);
      return isLinked ? { ...said, ...linked } : said;
    }),
  };
}

/** The same once more, as from a client that has had no answer. */
const withNewEvents = (commit: Commit): Commit => ({
  ...commit,
  parts: commit.parts.map((part) => ({
    ...part,
    events: part.events.map(({ event, link }) => newEvent(event, link ? { link } : {})),
  })),
});

function same(records: readonly Recorded[], expected: readonly ModelRecord[]): void {
  const found = records.map(({ id, position, stream, revision, link }) => [
    [id, position, stream, revision],
    [link?.stream, link?.revision],
  ]);
  const wanted = expected.map(({ id, position, stream, revision, link }) => [
    [id, position, stream, revision],
    [link?.stream, link?.revision],
  ]);
  const index = times(Math.max(found.length, wanted.length), (place) => place).find(
    (place) => JSON.stringify(found[place]) !== JSON.stringify(wanted[place]),
  );
  if (index === undefined) return;
  const [got, want] = [JSON.stringify(found[index]), JSON.stringify(wanted[index])];
  throw new Error(`record ${index} of ${wanted.length} is ${got} instead of ${want}`);
}
