import { foldRecord } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import type { ChatView } from '../../core/views/chat.ts';
import { chatFrom, type ChatState, stateOf } from '../../core/views/chat-state.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { between, type Positions, sizeOf } from './log-span.ts';
import { type LogStart, wholeStart } from './log-start.ts';
import { mergedLog } from './merged-log.ts';
import type { Progress } from '../progress.ts';
import { openedBy, type TextOpener, withoutKeys } from './text-opener.ts';

/** Going back folds on from the snapshot before: so many records at most, which nobody notices. */
const snapshotEvery = 1_000;
/** More are thinned out: every other one goes, and a step back takes twice as long. */
const snapshotsMax = 64;

/** A place in the history: the record there, and the state on both sides of it. */
export interface Step {
  /** How many records came before; the number of the record in the one order of the history. */
  readonly index: number;
  readonly record: Recorded;
  readonly before: ChatState;
  readonly after: ChatState;
}

interface Snapshot {
  readonly index: number;
  readonly positions: Positions;
  readonly state: ChatState;
}

/**
 * Goes through a history in both directions. States are kept every so many records, so that any
 * place is reached from the one before it in a moment, however long the history is.
 */
export class Stepper {
  readonly size: number;
  readonly #source: LogSource;
  readonly #openTexts: TextOpener;
  readonly #start: Positions;
  readonly #end: Positions;
  #snapshots: Snapshot[];
  #every = snapshotEvery;
  /** The view behind `#index` records, which are those up to `#positions`. */
  #view: ChatView;
  #index = 0;
  #positions: Positions;
  /** Records behind the view that have been read already. */
  #ahead: StoredRecord[] = [];

  constructor(
    source: LogSource,
    end: Positions,
    {
      start = wholeStart(source),
      openTexts = withoutKeys,
    }: { readonly start?: LogStart; readonly openTexts?: TextOpener } = {},
  ) {
    this.#openTexts = openTexts;
    this.#source = source;
    this.#end = end;
    this.#start = start.positions;
    this.#positions = start.positions;
    this.#view = start.view();
    this.size = sizeOf(between(this.#positions, end));
    this.#snapshots = [{ index: 0, positions: this.#positions, state: stateOf(this.#view) }];
  }

  /** The step of the record with this index, from 0 to `size - 1`. @throws {StoreUnreachable} */
  async at(index: number, progress?: Progress): Promise<Step> {
    await this.#goTo(index, progress);
    const stored = await this.#nextStored();
    const before = stateOf(this.#view);
    this.#fold(stored);
    const record = await openedBy(this.#openTexts, decodeRecord(stored));
    return { index, record, before, after: stateOf(this.#view) };
  }

  /** How many records lie up to these positions. */
  indexBehind(positions: Positions): number {
    return sizeOf(between(this.#start, positions));
  }

  async #goTo(index: number, progress?: Progress): Promise<void> {
    const snapshot = this.#snapshots.findLast((one) => one.index <= index);
    if (snapshot !== undefined && (this.#index > index || snapshot.index > this.#index)) {
      this.#view = chatFrom(snapshot.state);
      this.#index = snapshot.index;
      this.#positions = snapshot.positions;
      this.#ahead = [];
    }
    while (this.#index < index) {
      this.#fold(await this.#nextStored());
      progress?.read(1);
    }
  }

  async #nextStored(): Promise<StoredRecord> {
    if (this.#ahead.length === 0)
      for await (const batch of mergedLog(this.#source, between(this.#positions, this.#end))) {
        // From the last to the first, so that each is taken from the end.
        this.#ahead = batch.toReversed();
        break;
      }
    const next = this.#ahead.at(-1);
    if (next === undefined) throw new RangeError('the history ends here');
    return next;
  }

  #fold(stored: StoredRecord): void {
    this.#ahead.pop();
    const { partition, position } = stored;
    const recorded = foldRecord(stored);
    if (recorded !== undefined) evolveWholeChat(this.#view, recorded);
    this.#positions = this.#positions.with(partition, position);
    this.#index += 1;
    const last = this.#snapshots.at(-1)?.index ?? 0;
    if (this.#index - last >= this.#every) this.#keep();
  }

  #keep(): void {
    const state = stateOf(this.#view);
    this.#snapshots.push({ index: this.#index, positions: this.#positions, state });
    if (this.#snapshots.length <= snapshotsMax) return;
    this.#every *= 2;
    this.#snapshots = this.#snapshots.filter((_, place) => place % 2 === 0);
  }
}
