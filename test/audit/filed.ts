import { writeFileSync } from 'node:fs';
import type { FiledCheckpoint, LogFileHeader } from '../../adapters/log-file/lines.ts';
import { type LogFileLine, lineOf } from '../../adapters/log-file/lines.ts';
import { parseCheckpoint } from '../../adapters/audit/checkpoint-note.ts';
import type { KeptNote } from '../../adapters/audit/partition-report.ts';
import type { StoredRecord } from '../../core/log-source.ts';

/** Writes a log file of one partition, as an export does, or as somebody does who changed one. */
export function file(
  path: string,
  records: readonly StoredRecord[],
  checkpoints: readonly FiledCheckpoint[],
  said: Partial<LogFileHeader> = {},
): void {
  const header = { format: 1, partitions: 1, epochs: ['epoch-1'], key: null, ...said };
  const lines: readonly LogFileLine[] = [
    { kind: 'header', header },
    ...records.map((record): LogFileLine => ({ kind: 'record', record })),
    ...checkpoints.map((checkpoint): LogFileLine => ({ kind: 'checkpoint', checkpoint })),
    { kind: 'end', records: records.length },
  ];
  writeFileSync(path, lines.map(lineOf).join(''));
}

/** Notes as somebody has kept them. */
export const kept = (notes: readonly string[]): readonly KeptNote[] =>
  notes.flatMap((note) => {
    const checkpoint = parseCheckpoint(note);
    return checkpoint === undefined ? [] : [{ ...checkpoint, note }];
  });
