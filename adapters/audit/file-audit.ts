import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { StoreUnusable } from '../../core/event-store.ts';
import { partitionsMax } from '../../core/limits.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import {
  type ArchiveFile,
  archiveFileAt,
  archiveFilesIn,
  checkNoneMissing,
} from '../log-file/archive-folder.ts';
import type { FiledCheckpoint, LogFileHeader, LogFileLine } from '../log-file/lines.ts';
import { readLogFile, type ReadLine } from '../log-file/reader.ts';
import { recordFormat } from '../record-codec.ts';
import type { Progress } from './log-audit.ts';
import { type Evidence, type LogReport, PartitionAudits } from './partition-audits.ts';

/**
 * Checks a log file, all of whose records must be sealed; or what a folder, or a file of it by its
 * name, has of an archive, as a part of a log.
 * @throws {StoreUnusable} for a part of which nothing can be proved, records of an unknown format, or a
 *   folder without an archive: a sentence
 * @throws the system's error when it cannot be read
 */
export async function auditFile(
  path: string,
  evidence: Evidence,
  progress: Progress,
): Promise<LogReport> {
  const parts = await partsAt(path);
  const check = new FileCheck(evidence);
  if (parts === undefined) {
    await check.read(path, progress);
    return check.report();
  }
  for (const part of parts) {
    await check.read(part.path, progress, part);
    check.endPart(part);
  }
  return check.reportPart();
}

/** The files of an archive, which have all from the first position on; undefined for another file. */
async function partsAt(path: string): Promise<readonly ArchiveFile[] | undefined> {
  const isFolder = (await stat(path)).isDirectory();
  const file = archiveFileAt(path);
  if (!isFolder && file === undefined) return undefined;
  const files = isFolder ? await archiveFilesIn(path) : [file].filter((one) => one !== undefined);
  if (files.length === 0)
    throw new StoreUnusable(`There is no file of an archive in the folder ${path}.`);
  checkNoneMissing(files);
  for (const [index, part] of files.entries())
    if (part.from > 1 && files[index - 1]?.partition !== part.partition) throw headless(part);
  return untwice(files);
}

const headless = ({ path, partition, from, through }: ArchiveFile): StoreUnusable =>
  new StoreUnusable(
    `${basename(path)} is a part of a log, positions ${from} to ${through} of partition ${partition}, and what was before is not here: so it proves nothing. The folder with all of the archive does.`,
  );

/** What two servers wrote at once is read once. */
const untwice = (files: readonly ArchiveFile[]): readonly ArchiveFile[] =>
  files.map((part, index) => {
    const before = files[index - 1];
    if (before?.partition !== part.partition) return part;
    return { ...part, from: before.through + 1 };
  });

/** Checks the lines of a file, or of several that one log is spread over. */
class FileCheck {
  readonly #evidence: Evidence;
  #audits: PartitionAudits;
  /** Of all files. */
  #records = 0;
  #partition = 0;
  #header: LogFileHeader | undefined;
  /** Of the file that is read. */
  #file = newFile();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#audits = new PartitionAudits(1, evidence);
  }

  /** Of a part, what is before its beginning is skipped: it was read. */
  async read(path: string, progress: Progress, part?: ArchiveFile): Promise<void> {
    this.#file = newFile();
    if (part !== undefined) this.#partition = part.partition;
    for await (const lines of readLogFile(path)) {
      for (const line of lines) this.#add(line, part?.from ?? 1);
      progress(this.#records);
    }
    const { hasHeader, end, records } = this.#file;
    if (!hasHeader) this.#damaged('is not in this file: it is no log');
    else if (end === undefined) this.#damaged('is missing: the file breaks off');
    else if (end !== records) this.#damaged(`ends a file of ${records} records that had ${end}`);
  }

  /** A part has all that its name says. */
  endPart({ path, partition, through }: ArchiveFile): void {
    const { size } = this.#audits.of(partition);
    if (size < through)
      this.#damaged(`is missing: ${basename(path)} goes on to ${through}, by its name`);
  }

  report(): LogReport {
    if (this.#header !== undefined) this.#compareEpochs(this.#header);
    return this.#audits.report('export');
  }

  reportPart(): LogReport {
    return this.#audits.report('part');
  }

  #add(read: ReadLine, from: number): void {
    const { number } = read;
    if (this.#file.end !== undefined)
      return this.#damaged(`is preceded by more lines than there were (line ${number})`);
    if ('damage' in read)
      return this.#damaged(`cannot be read in line ${number}: ${withoutStop(read.damage)}`);
    const { line } = read;
    const place = placeOf(line);
    if ((line.kind === 'header') !== (number === 1) || place < this.#file.place)
      return this.#damaged(`is out of its place in line ${number}`);
    this.#file.place = place;
    switch (line.kind) {
      case 'header':
        return this.#begin(line.header);
      case 'record':
        return this.#record(line.record, from);
      case 'checkpoint':
        return this.#checkpoint(line.checkpoint);
      case 'end':
        this.#file.end = line.records;
    }
  }

  #begin(given: LogFileHeader): void {
    const header = asked(given);
    const { partitions } = header;
    const first = this.#header;
    this.#header = header;
    this.#file.hasHeader = true;
    if (first !== undefined && first.partitions === partitions) return;
    if (first === undefined && partitions >= 1 && partitions <= partitionsMax)
      this.#audits = new PartitionAudits(partitions, this.#evidence);
    else this.#damaged(`is of a log of ${partitions} partitions, which there is not`);
  }

  #compareEpochs({ partitions, epochs }: LogFileHeader): void {
    for (let partition = 0; partition < Math.min(partitions, partitionsMax); partition++) {
      const audit = this.#audits.of(partition);
      const said = epochs[partition] ?? '';
      if (audit.epoch !== '' && audit.epoch !== said)
        audit.damaged(`follows epoch ${audit.epoch}, and the first line says ${said || 'none'}`);
    }
  }

  #record(record: StoredRecord, from: number): void {
    this.#partition = record.partition;
    this.#records += 1;
    this.#file.records += 1;
    if (record.position >= from) this.#audits.of(record.partition).add(record);
  }

  #checkpoint({ partition, note, leaves }: FiledCheckpoint): void {
    this.#partition = partition;
    this.#audits.of(partition).addCheckpoint(note, leaves);
  }

  #damaged(what: string): void {
    this.#audits.of(this.#partition).damaged(what);
  }
}

/** What was read of a file. */
const newFile = () => ({
  records: 0,
  hasHeader: false,
  place: 0,
  end: undefined as number | undefined,
});

/** Lines stand in the order of these: the records by partition, then the checkpoints. */
function placeOf(line: LogFileLine): number {
  switch (line.kind) {
    case 'header':
      return 0;
    case 'record':
      return line.record.partition;
    case 'checkpoint':
      return partitionsMax + line.checkpoint.partition;
    case 'end':
      return Infinity;
  }
}

/** The first line of a file of which something can be proved. @throws {StoreUnusable} for another */
function asked(header: LogFileHeader): LogFileHeader {
  if (header.format < 1 || header.format > recordFormat)
    throw new StoreUnusable(
      `The file has records of format ${header.format}, and this program knows formats up to ${recordFormat}: nothing can be said of it.`,
    );
  if (header.before !== undefined)
    throw new StoreUnusable(
      `The file is a part of a log, from behind position ${header.before.positions.join(',')}, as replay --slice writes it: it proves nothing. An export does.`,
    );
  return header;
}

const withoutStop = (sentence: string): string =>
  sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
