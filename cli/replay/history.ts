import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { colours } from '../colours.ts';
import { Commits } from './commits.ts';
import { epochsOf, follow } from './follow.ts';
import { sizeOf, type Span } from './log-span.ts';
import { mergedLog, withNeighbours } from './merged-log.ts';
import { NamesMet } from './names-met.ts';
import { csvFormat, ndjsonFormat, type RecordFormat, TextFormat } from './record-format.ts';
import { wantedRecord } from './record-filter.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';
import { RoomNames } from './room-names.ts';

type HistoryMode = Extract<Mode, { kind: 'history' }>;

/** Prints the history; with `follow`, until it is interrupted. */
export async function printHistory(replay: Replay, mode: HistoryMode): Promise<void> {
  const { output, live, terminal, options, showing } = replay;
  // Before the end is looked at: who follows learns of it if the log is set back meanwhile.
  const epochs = mode.follow && live !== undefined ? await epochsOf(live) : undefined;
  const { spans, through } = await chosenPart(replay, replay.start.gone);
  const isFromBeginning = spans.every(({ from }) => from === 1);
  const met = new NamesMet(options.wanted, isFromBeginning);
  const printing = printingOf(replay, mode, met);
  using progress = progressOf(replay, sizeOf(spans), true);
  await output.write(printing.format.heading(showing.holds === 'words'));
  await print(replay, printing, spans, (batch) => progress.read(batch.length));
  progress.end();
  const upTo = (options.stretch.until ?? options.stretch.to) === undefined ? '' : ', up to there';
  for (const words of met.unmet) terminal.write(`securechat: ${words}${upTo}.\n`);
  if (live !== undefined && epochs !== undefined)
    await follow(live, { positions: through, epochs }, (more, onBatch) =>
      print(replay, printing, more, onBatch),
    );
}

interface Printing {
  readonly met: NamesMet;
  readonly format: RecordFormat;
  /** What people's words for a record need; absent where it is written as the log has it. */
  readonly told?: { readonly names: RoomNames; readonly commits: Commits };
}

function printingOf(replay: Replay, mode: HistoryMode, met: NamesMet): Printing {
  if (mode.format === 'ndjson') return { met, format: ndjsonFormat };
  if (mode.format === 'csv') return { met, format: csvFormat };
  const { source } = replay;
  const told = { names: new RoomNames(replay), commits: new Commits(source) };
  const format = new TextFormat({
    paint: colours(process.stdout),
    partitions: source.info.partitions,
    positions: mode.positions,
    roomName: (room) => told.names.of(room),
  });
  return { met, format, told };
}

async function print(
  { source, options, output, openTexts }: Replay,
  { format, met, told }: Printing,
  spans: readonly Span[],
  onBatch: (batch: readonly StoredRecord[]) => void,
): Promise<void> {
  for await (const { before, batch, behind } of withNeighbours(mergedLog(source, spans))) {
    const wanted: Recorded[] = [];
    const places: number[] = [];
    for (const [place, stored] of batch.entries()) {
      const recorded = wantedRecord(stored, options.wanted);
      if (recorded === undefined || !met.concerns(recorded)) continue;
      wanted.push(recorded);
      places.push(place);
    }
    await told?.names.learn(wanted);
    const around = told === undefined ? [] : [...before, ...batch, ...behind];
    let lines = '';
    for (const [index, recorded] of (await openTexts(wanted)).entries()) {
      const isLeaving = recorded.event.type === 'RoomLeft';
      const commits = isLeaving ? told?.commits : undefined;
      const commit = await commits?.around(recorded, around, before.length + (places[index] ?? 0));
      lines += format.record(recorded, commit);
    }
    await output.write(lines);
    onBatch(batch);
  }
  await output.flush();
}
