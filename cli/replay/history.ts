import type { StoredRecord } from '../../core/log-source.ts';
import { colours } from '../colours.ts';
import { epochsOf, follow } from './follow.ts';
import { sizeOf, type Span } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { csvFormat, ndjsonFormat, type RecordFormat, TextFormat } from './record-format.ts';
import { wantedRecord } from './record-filter.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';
import { RoomsMet } from './rooms-met.ts';

type HistoryMode = Extract<Mode, { kind: 'history' }>;

/** Prints the history; with `follow`, until it is interrupted. */
export async function printHistory(replay: Replay, mode: HistoryMode): Promise<void> {
  const { output, live, terminal, options, showing } = replay;
  const format = formatOf(replay, mode);
  // Before the end is looked at: who follows learns of it if the log is set back meanwhile.
  const epochs = mode.follow && live !== undefined ? await epochsOf(live) : undefined;
  const { spans, through } = await chosenPart(replay, replay.start.gone);
  const isFromBeginning = spans.every(({ from }) => from === 1);
  const rooms = new RoomsMet(options.wanted.rooms, isFromBeginning);
  const progress = progressOf(replay, sizeOf(spans), true);
  await output.write(format.heading(showing.holds === 'words'));
  await print(replay, { format, rooms }, spans, (batch) => progress.read(batch.length));
  progress.end();
  for (const room of rooms.unmet) terminal.write(`securechat: Nobody was ever in ${room}.\n`);
  if (live !== undefined && epochs !== undefined)
    await follow(live, { positions: through, epochs }, (more, onBatch) =>
      print(replay, { format, rooms }, more, onBatch),
    );
}

async function print(
  { source, options, output, openTexts }: Replay,
  { format, rooms }: { readonly format: RecordFormat; readonly rooms: RoomsMet },
  spans: readonly Span[],
  onBatch: (batch: readonly StoredRecord[]) => void,
): Promise<void> {
  for await (const batch of mergedLog(source, spans)) {
    const wanted = batch
      .flatMap((stored) => wantedRecord(stored, options.wanted) ?? [])
      .filter((recorded) => rooms.concerns(recorded));
    let lines = '';
    for (const recorded of await openTexts(wanted)) lines += format.record(recorded);
    await output.write(lines);
    onBatch(batch);
  }
  await output.write(format.rest());
  await output.flush();
}

function formatOf({ source }: Replay, { format, positions }: HistoryMode): RecordFormat {
  if (format === 'ndjson') return ndjsonFormat;
  if (format === 'csv') return csvFormat;
  const { partitions } = source.info;
  return new TextFormat({ paint: colours(process.stdout), partitions, positions });
}
