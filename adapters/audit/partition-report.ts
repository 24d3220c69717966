import type { Checkpoint } from './checkpoint-note.ts';
import type { Finding } from './finding.ts';

/** A checkpoint that somebody has kept elsewhere. */
export interface KeptNote extends Checkpoint {
  readonly note: string;
}

/** What was found of one partition. */
export interface PartitionReport {
  readonly partition: number;
  readonly records: number;
  /** Up to which position the records are what was signed. */
  readonly sealed: number;
  /** The public keys whose signatures counted. */
  readonly keys: readonly string[];
  /** Whose words were erased since: their records are there, and are what was sealed. */
  readonly erased: readonly string[];
  /** What the log itself tells of having lost. */
  readonly losses: readonly { readonly epoch: string; readonly from: number }[];
  /** In the order of positions; whole when there is none. */
  readonly findings: readonly Finding[];
}
