import { decodeRecord } from '../adapters/record-codec.ts';
import { type EventStore, type Recorded, StoreUnreachable } from '../core/event-store.ts';
import { sealedUnder } from '../core/sealing.ts';
import type { Snapshot } from '../core/snapshot-store.ts';
import {
  foldVersion,
  plainTextsName,
  type WrittenFold,
  writtenFoldOf,
} from '../core/stream-folds.ts';
import { evolveChat } from '../core/views/chat.ts';
import { chatSnapshotAt, checkFold, partitionSnapshotView } from './snapshots.ts';

const pageSize = 2_000;
/** So many states are held at once, and kept in one step: a few megabytes. */
export const statesAtOnceMax = 2_000;

/** A stream's state while the run goes on. */
interface StreamState {
  readonly fold: WrittenFold;
  written: unknown;
  revision: number;
}

/**
 * Keeps, up to and with a position of a partition's log, what rests on the records up to there: the
 * state of each of their streams, and the view of all. It goes on from what was kept before, and has
 * nothing to do where that reaches as far. What another version of the folds has kept is made anew,
 * as long as the log is whole. False when it is not done: somebody else came first, or the log was set
 * back meanwhile, or does not go beyond what is to be made anew.
 * @throws {StoreUnreachable} @throws {StoreUnusable} for snapshots of another version, in a trimmed log
 */
export async function keepSnapshots(
  events: EventStore,
  partition: number,
  through: number,
): Promise<boolean> {
  const { epoch } = await events.head(partition);
  const { view, position: from } = await partitionSnapshotView(events, partition);
  // Of another version: none of it is used, and nothing kept before all of it can be replaced.
  let unfit = from === 0 ? await events.snapshots.keptThrough(partition) : 0;
  if (through <= unfit) return false;
  const states = new Map<string, StreamState>();
  for (let position = from; position < through;) {
    const page = await readPage(events, partition, position + 1, through);
    beginStates(states, page);
    if (unfit === 0) await loadStates(events, partition, states);
    for (const recorded of page) {
      evolveChat(view, recorded);
      for (const { stream, revision } of placesOf(recorded))
        evolveState(states.get(stream), recorded, revision);
    }
    position += page.length;
    if ((states.size < statesAtOnceMax || position <= unfit) && position < through) continue;
    const kept = [...snapshotsOf(states, position), chatSnapshotAt(view, position)];
    if (!(await events.snapshots.keep(partition, { epoch, through: position }, kept))) return false;
    states.clear();
    unfit = 0;
  }
  return true;
}

async function readPage(
  events: EventStore,
  partition: number,
  from: number,
  through: number,
): Promise<readonly Recorded[]> {
  const limit = Math.min(pageSize, through - from + 1);
  // As they are kept: no state rests on what is said, which may be sealed.
  const page = (await events.readStored(partition, from, limit)).map(decodeRecord);
  if (page[0]?.position === from) return page;
  throw new StoreUnreachable(`The log of partition ${partition} lacks position ${from}.`);
}

/** Those of the streams of a page that are not at hand. */
function beginStates(states: Map<string, StreamState>, page: readonly Recorded[]): void {
  for (const { stream } of page.flatMap(placesOf)) {
    const fold = states.has(stream) ? undefined : writtenFoldOf(stream);
    if (fold !== undefined) states.set(stream, { fold, written: undefined, revision: 0 });
  }
}

/** Brings in what was kept of the streams that were begun. */
async function loadStates(
  events: EventStore,
  partition: number,
  states: Map<string, StreamState>,
): Promise<void> {
  const fresh = [...states].filter(([, { revision }]) => revision === 0).map(([name]) => name);
  for (const [name, snapshot] of await events.snapshots.get(partition, fresh)) {
    checkFold(snapshot);
    Object.assign(states.get(name) ?? {}, {
      written: snapshot.state,
      revision: snapshot.revision,
    });
  }
}

function evolveState(state: StreamState | undefined, recorded: Recorded, revision: number): void {
  if (state === undefined || revision <= state.revision) return;
  state.written = state.fold.evolve(state.written, [recorded]);
  state.revision = revision;
}

/**
 * The streams that a record is of, and its places there. What was written unsealed counts as if in a
 * stream of its author's.
 */
function placesOf({ stream, revision, link, event, sealed, position }: Recorded) {
  const author = sealed === undefined ? sealedUnder(event)?.author : undefined;
  return [
    { stream, revision },
    ...(link === undefined ? [] : [link]),
    ...(author === undefined ? [] : [{ stream: plainTextsName(author), revision: position }]),
  ];
}

const snapshotsOf = (
  states: ReadonlyMap<string, StreamState>,
  position: number,
): readonly Snapshot[] =>
  [...states].map(([name, { written: state, revision }]) => ({
    name,
    revision,
    position,
    fold: foldVersion,
    state,
  }));
