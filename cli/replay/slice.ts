import { rmSync } from 'node:fs';

import type { LogFileHeader } from '../../adapters/log-file/lines.ts';
import { LogFileWriter, unfinishedName } from '../../adapters/log-file/writer.ts';
import { reasonOf } from '../../adapters/system-reason.ts';
import { StoreUnreachable } from '../../core/event-store.ts';
import type { LogSource } from '../../core/log-source.ts';
import { stateOf } from '../../core/views/chat-state.ts';
import { PlainFailure } from '../plain-failure.ts';
import { undoneWhenStopped } from '../undone-when-stopped.ts';
import { foldTo } from './fold-log.ts';
import { between, partitionsOf, sizeOf } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';

/**
 * Writes a part of the log to a file of its own, with the state before it: enough to go through it
 * again. It proves nothing, for the records before it are not there.
 */
export async function writeSlice(
  replay: Replay,
  { out }: Extract<Mode, { kind: 'slice' }>,
): Promise<void> {
  const { source, start, output } = replay;
  const { after, through, spans } = await chosenPart(replay);
  const size = sizeOf(spans);
  using progress = progressOf(replay, sizeOf(between(start.positions, after)) + size);
  const state = stateOf(await foldTo(source, after, start, progress));
  const header = { ...(await headerOf(source)), before: { positions: after, state } };
  const isWritten = undoneWhenStopped(() => rmSync(unfinishedName(out), { force: true }));
  const writer = await writingTo(out, () => LogFileWriter.create(out, header));
  try {
    for await (const batch of mergedLog(source, spans)) {
      await writer.write(batch);
      progress.read(batch.length);
    }
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw failure(out, error);
  } finally {
    isWritten();
    progress.end();
  }
  const from = after.map((position) => position + 1);
  await output.write(
    `Wrote ${size} records to ${out}: positions ${from.join(',')} to ${through.join(',')}.\n`,
  );
}

async function headerOf(source: LogSource): Promise<LogFileHeader> {
  const heads = await Promise.all(partitionsOf(source).map((partition) => source.head(partition)));
  const { format, partitions } = source.info;
  return { format, partitions, epochs: heads.map(({ epoch }) => epoch), key: null };
}

/** @throws {PlainFailure} in place of the system's error */
async function writingTo<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw failure(file, error);
  }
}

function failure(file: string, error: unknown): unknown {
  if (error instanceof StoreUnreachable || !(error instanceof Error) || !('code' in error))
    return error;
  if (error.code === 'EEXIST')
    return new PlainFailure(`${file} is there already: name another file.`);
  return new PlainFailure(`${file} cannot be written (${reasonOf(error)}).`);
}
