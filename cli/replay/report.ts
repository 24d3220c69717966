import { foldRecord } from '../../adapters/fold-record.ts';
import type { LogSource } from '../../core/log-source.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { writeNewFile } from '../new-file.ts';
import { PlainFailure } from '../plain-failure.ts';
import { foldTo } from './fold-log.ts';
import { between, type Span, sizeOf } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { ReportGatherer } from './report-data.ts';
import { reportPage } from './report-page.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';

/** Writes one page that shows what happened, and needs nothing else to be looked at. */
export async function writeReport(
  replay: Replay,
  { out }: Extract<Mode, { kind: 'report' }>,
): Promise<void> {
  const { source, start, output } = replay;
  const { after, through, spans } = await chosenPart(replay);
  if (sizeOf(spans) === 0)
    throw new PlainFailure('Nothing happened then: there is nothing to show.');
  using progress = progressOf(replay, sizeOf(between(start.positions, through)));
  const view = await foldTo(source, after, start, progress);
  const gatherer = new ReportGatherer(view, await timesOf(source, spans));
  for await (const batch of mergedLog(source, spans)) {
    for (const stored of batch) {
      const recorded = foldRecord(stored);
      if (recorded === undefined) {
        gatherer.count();
        continue;
      }
      gatherer.take(view, recorded);
      evolveWholeChat(view, recorded);
    }
    progress.read(batch.length);
  }
  progress.end();
  await writeNewFile(out, await reportPage(gatherer.result()));
  await output.write(`Wrote ${out}. It shows the names of people and rooms, and no messages.\n`);
}

/** When the first and the last record of a part were written. */
async function timesOf(
  source: LogSource,
  spans: readonly Span[],
): Promise<{ readonly from: number; readonly to: number }> {
  const ends = spans
    .filter(({ from, through }) => from <= through)
    .flatMap(({ partition, from, through }) => [
      source.readStored(partition, from, 1),
      source.readStored(partition, through, 1),
    ]);
  const times = (await Promise.all(ends)).flat().map(({ at }) => at);
  return { from: Math.min(...times), to: Math.max(...times) };
}
