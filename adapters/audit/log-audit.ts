import { StoreUnusable } from '../../core/event-store.ts';
import { partitionsMax } from '../../core/limits.ts';
import type { LogSource, StoredRecord } from '../../core/log-source.ts';
import type { FiledCheckpoint, LogFileHeader } from '../log-file/lines.ts';
import { partitionsInWords } from '../partitions-in-words.ts';
import { recordFormat } from '../record-codec.ts';
import { readLogFile, type ReadLine } from '../log-file/reader.ts';
import type { Finding, FindingKind } from './finding.ts';
import { PartitionAudit } from './partition-audit.ts';
import type { KeptNote, PartitionReport } from './partition-report.ts';
import type { VerifierKey } from './verifier-key.ts';

/** By what a log is judged, besides by itself. */
export interface Evidence {
  /** Keys known from elsewhere: then only they count, and those that they vouch for. */
  readonly keys: readonly VerifierKey[];
  /** Checkpoints kept elsewhere. */
  readonly others: readonly KeptNote[];
}

export type Verdict = 'whole' | FindingKind;

export interface LogReport {
  /** The worst that was found. */
  readonly verdict: Verdict;
  readonly partitions: readonly PartitionReport[];
  /** By partition and position. */
  readonly findings: readonly Finding[];
}

/** Told now and then how many records have been read. */
export type Progress = (records: number) => void;

const pageRecords = 1_000;

/** Checks a log where it lies. What came after the last checkpoint is not sealed, and no finding. */
export async function auditLog(
  source: LogSource,
  evidence: Evidence,
  progress: Progress,
): Promise<LogReport> {
  const audits = new Audits(source.info.partitions, evidence);
  let records = 0;
  for (let partition = 0; partition < source.info.partitions; partition++) {
    // What is appended while this reads is left for another time.
    const { position: head } = await source.head(partition);
    for await (const page of pagesOf(source, partition, head)) {
      for (const record of page) audits.of(partition).add(record);
      records += page.length;
      progress(records);
    }
  }
  return audits.report();
}

/**
 * The records up to `head`. Each page begins with the last record of the one before: what stands
 * between two positions would else be overlooked where one page ends and the next begins.
 */
async function* pagesOf(
  source: LogSource,
  partition: number,
  head: number,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let last = 0; last < head;) {
    const page = await source.readStored(partition, Math.max(last, 1), pageRecords);
    const end = page.at(-1)?.position ?? 0;
    yield last === 0 ? page : page.slice(1);
    // It has shrunk, or goes round.
    if (end <= last) return;
    last = end;
  }
}

/**
 * Checks a log file. All of its records must be sealed.
 * @throws {StoreUnusable} for a part of a log, or records of an unknown format: a sentence
 * @throws the system's error when it cannot be read
 */
export async function auditFile(
  path: string,
  evidence: Evidence,
  progress: Progress,
): Promise<LogReport> {
  const check = new FileCheck(evidence);
  for await (const lines of readLogFile(path)) {
    for (const line of lines) check.add(line);
    progress(check.records);
  }
  return check.report();
}

class FileCheck {
  readonly #evidence: Evidence;
  #audits: Audits;
  records = 0;
  #partition = 0;
  #header: LogFileHeader | undefined;
  #end: number | undefined;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#audits = new Audits(1, evidence);
  }

  add(read: ReadLine): void {
    const { number } = read;
    if (this.#end !== undefined)
      return this.#damaged(`is preceded by more lines than there were (line ${number})`);
    if ('damage' in read)
      return this.#damaged(`cannot be read in line ${number}: ${withoutStop(read.damage)}`);
    const { line } = read;
    if ((line.kind === 'header') !== (number === 1))
      return this.#damaged(`is out of its place in line ${number}`);
    switch (line.kind) {
      case 'header':
        return this.#begin(line.header);
      case 'record':
        return this.#record(line.record);
      case 'checkpoint':
        return this.#checkpoint(line.checkpoint);
      case 'end':
        this.#end = line.records;
    }
  }

  #begin(header: LogFileHeader): void {
    this.#header = asked(header);
    const { partitions } = header;
    if (partitions >= 1 && partitions <= partitionsMax)
      this.#audits = new Audits(partitions, this.#evidence);
    else this.#damaged(`is of a log of ${partitions} partitions, which there is not`);
  }

  report(): LogReport {
    if (this.#header === undefined) this.#damaged('is not in this file: it is no log');
    else if (this.#end === undefined) this.#damaged('is missing: the file breaks off');
    else if (this.#end !== this.records)
      this.#damaged(`ends a file of ${this.records} records that had ${this.#end}`);
    if (this.#header !== undefined) this.#compareEpochs(this.#header);
    return this.#audits.report({ isFile: true });
  }

  #compareEpochs({ partitions, epochs }: LogFileHeader): void {
    for (let partition = 0; partition < Math.min(partitions, partitionsMax); partition++) {
      const audit = this.#audits.of(partition);
      const said = epochs[partition] ?? '';
      if (audit.epoch !== '' && audit.epoch !== said)
        audit.damaged(`follows epoch ${audit.epoch}, and the first line says ${said || 'none'}`);
    }
  }

  #record(record: StoredRecord): void {
    this.#partition = record.partition;
    this.records += 1;
    this.#audits.of(record.partition).add(record);
  }

  #checkpoint({ partition, note, leaves }: FiledCheckpoint): void {
    this.#partition = partition;
    this.#audits.of(partition).addCheckpoint(note, leaves);
  }

  #damaged(what: string): void {
    this.#audits.of(this.#partition).damaged(what);
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

/** The audits of all partitions, those that only a checkpoint from elsewhere knows of too. */
class Audits {
  readonly #evidence: Evidence;
  readonly #partitions: number;
  readonly #audits = new Map<number, PartitionAudit>();

  constructor(partitions: number, evidence: Evidence) {
    this.#evidence = evidence;
    this.#partitions = partitions;
    for (let partition = 0; partition < partitions; partition++) this.of(partition);
    for (const { partition } of evidence.others) this.of(partition);
  }

  of(partition: number): PartitionAudit {
    const known = this.#audits.get(partition);
    if (known !== undefined) return known;
    const { keys, others } = this.#evidence;
    const own = others.filter((one) => one.partition === partition);
    const partitions = this.#partitions;
    const audit = new PartitionAudit(partition, { keys, others: own, partitions });
    if (partition >= partitions)
      audit.damaged(
        `is of a partition that a log of ${partitionsInWords(partitions)} does not have`,
      );
    this.#audits.set(partition, audit);
    return audit;
  }

  report({ isFile = false } = {}): LogReport {
    const audits = [...this.#audits].toSorted(([one], [other]) => one - other);
    const partitions = audits.map(([, audit]) => audit.report({ isSealedWhole: isFile }));
    const findings = partitions.flatMap((report) => report.findings);
    const isFound = (wanted: FindingKind) => findings.some(({ kind }) => kind === wanted);
    const isLost = isFound('lost') || partitions.some(({ losses }) => losses.length > 0);
    const untampered = isLost ? 'lost' : isFound('earlier') ? 'earlier' : 'whole';
    return { verdict: isFound('tampered') ? 'tampered' : untampered, partitions, findings };
  }
}

const withoutStop = (sentence: string): string =>
  sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
