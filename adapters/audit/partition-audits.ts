import { partitionsInWords } from '../partitions-in-words.ts';
import { type Finding, type FindingKind, inOrder } from './finding.ts';
import { type Extent, PartitionAudit } from './partition-audit.ts';
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
  /** The worst first, then by partition and position. */
  readonly findings: readonly Finding[];
}

/** The audits of all partitions, those that only a checkpoint from elsewhere knows of too. */
export class PartitionAudits {
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

  report(extent: Extent): LogReport {
    const audits = [...this.#audits].toSorted(([one], [other]) => one - other);
    const partitions = audits.map(([, audit]) => audit.report(extent));
    const findings = inOrder(partitions.flatMap((report) => report.findings));
    const isLost = partitions.some(({ losses }) => losses.length > 0);
    return { verdict: worst(findings[0]?.kind ?? 'whole', isLost), partitions, findings };
  }
}

/** A log that was set back is not whole, also when no checkpoint tells what was lost. */
const worst = (verdict: Verdict, isLost: boolean): Verdict =>
  isLost && verdict !== 'tampered' ? 'lost' : verdict;
