import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord } from '../../core/log-source.ts';
import { colours } from '../colours.ts';
import { between, endOf, type Positions, sizeOf, type Span } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { csvFormat, ndjsonFormat, type RecordFormat, TextFormat } from './record-format.ts';
import { wantedRecord } from './record-filter.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';

type HistoryMode = Extract<Mode, { kind: 'history' }>;

/** How soon what was appended is looked for. */
const followMs = 250;

/** Prints the history; with `follow`, until it is interrupted. */
export async function printHistory(replay: Replay, mode: HistoryMode): Promise<void> {
  const { output, isLive } = replay;
  const format = formatOf(replay, mode);
  const { spans, through } = await chosenPart(replay, replay.start.gone);
  const progress = progressOf(replay, sizeOf(spans), true);
  await output.write(format.heading);
  await print(replay, format, spans, (batch) => progress.read(batch.length));
  progress.end();
  if (mode.follow && isLive) await follow(replay, format, through);
  else if (mode.follow) process.stderr.write('securechat: A file does not grow: that was all.\n');
}

async function print(
  { source, options, output, openTexts }: Replay,
  format: RecordFormat,
  spans: readonly Span[],
  onBatch: (batch: readonly StoredRecord[]) => void,
): Promise<void> {
  for await (const batch of mergedLog(source, spans)) {
    const wanted = batch.flatMap((stored) => wantedRecord(stored, options.wanted) ?? []);
    let lines = '';
    for (const recorded of await openTexts(wanted)) lines += format.record(recorded);
    await output.write(lines);
    onBatch(batch);
  }
  await output.write(format.rest());
  await output.flush();
}

/** A log that was set back goes on from where it was set back to, as the new epoch's record says. */
async function follow(replay: Replay, format: RecordFormat, from: Positions): Promise<void> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = interrupted;
  let after = from;
  while (!signal.aborted) {
    const end = await endOf(replay.source);
    // Where it is shorter than before, all of it that is new is shown.
    const back = after.map((position, partition) => Math.min(position, end[partition] ?? 0));
    await print(replay, format, between(back, end), () => undefined);
    after = end;
    await sleep(followMs, undefined, { signal }).catch(() => undefined);
  }
  process.off('SIGINT', stop).off('SIGTERM', stop);
}

function formatOf({ source }: Replay, { format, positions }: HistoryMode): RecordFormat {
  if (format === 'ndjson') return ndjsonFormat;
  if (format === 'csv') return csvFormat;
  const { partitions } = source.info;
  return new TextFormat({ paint: colours(process.stdout), partitions, positions });
}
