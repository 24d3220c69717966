import { readCheckpoints } from '../adapters/audit/checkpoint-folder.ts';
import { auditFile } from '../adapters/audit/file-audit.ts';
import type { Finding } from '../adapters/audit/finding.ts';
import { auditLog } from '../adapters/audit/log-audit.ts';
import type { Evidence, LogReport, Verdict } from '../adapters/audit/partition-audits.ts';
import type { PartitionReport } from '../adapters/audit/partition-report.ts';
import type { VerifierKey } from '../adapters/audit/verifier-key.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import { lookInto, tellReading } from './audit-source.ts';
import { exitFailure, exitNotAll, type FailureCode, PlainFailure } from './plain-failure.ts';
import { type Progress, progressOn } from './progress.ts';
import type { StoreOptions } from './store-options.ts';

export interface VerifyOptions {
  /** An export, or an archive by itself; without one the live log is checked. */
  readonly file: string | undefined;
  readonly store: StoreOptions;
  readonly keys: readonly VerifierKey[];
  /** A folder of checkpoints kept elsewhere. */
  readonly checkpoints: string | undefined;
  /** The folder that holds what was trimmed of the live log. */
  readonly archive: string | undefined;
  readonly what: string;
  readonly why: string | undefined;
}

/** How many of the findings are shown; the first is the one that matters. */
const findingsShownMax = 5;

/**
 * Checks a log and prints what was found.
 * @throws {PlainFailure} when it is not whole: the first bad position and what is wrong with it
 */
export async function verify(options: VerifyOptions): Promise<void> {
  const { file, store, keys, checkpoints, what, why } = options;
  const others = checkpoints === undefined ? [] : await keptIn(checkpoints);
  const report = await audited(options, { keys, others });
  for (const partition of report.partitions) console.log(partitionLine(partition));
  const erased = report.partitions.flatMap((partition) => partition.erased);
  if (erased.length > 0)
    console.log(`Erased, and whole all the same: what ${erased.join(', ')} wrote.`);
  if (checkpoints !== undefined)
    console.log(`Compared with ${others.length} checkpoints in ${checkpoints}.`);
  if (keys.length === 0 && report.partitions.some(({ sealed }) => sealed > 0))
    console.log('Sealed with a key that the log itself names: --key pins one.');
  if (report.verdict === 'whole') mustBeSealed(report, keys);
  else throw new PlainFailure(notWhole(report).join('\n'), exitCodeOf(report.verdict));
  // Only now: a log that is not whole must be left as it was found.
  if (file === undefined) await tellReading(store, { what, why, holds: 'nothing' });
  console.log('Whole: every sealed record is what was sealed.');
}

async function audited(
  { file, store, archive }: VerifyOptions,
  evidence: Evidence,
): Promise<LogReport> {
  using progress = progressOn(process.stderr, undefined);
  try {
    return file === undefined
      ? await auditedLive(store, archive, evidence, progress)
      : await auditFile(file, evidence, progress.reached);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw new PlainFailure(`${file ?? 'The log'} cannot be read (${reasonOf(error)}).`);
    throw error;
  }
}

async function auditedLive(
  store: StoreOptions,
  archive: string | undefined,
  evidence: Evidence,
  progress: Progress,
): Promise<LogReport> {
  const log = await lookInto(store, archive);
  try {
    return await auditLog(log, evidence, progress.reached);
  } finally {
    await log.close();
  }
}

async function keptIn(folder: string) {
  try {
    return await readCheckpoints(folder);
  } catch (error) {
    throw new PlainFailure(`The folder ${folder} cannot be read (${reasonOf(error)}).`);
  }
}

/**
 * A live log of which nothing is sealed proves nothing: whoever rewrites it leaves out the checkpoints.
 * A partition may be without when nobody knows who seals the log, but not where a key is pinned.
 */
function mustBeSealed({ partitions }: LogReport, keys: readonly VerifierKey[]): void {
  const bare = partitions.filter(({ sealed }) => sealed === 0);
  if (bare.length === 0 || (keys.length === 0 && bare.length < partitions.length)) return;
  const names = bare.map(({ partition }) => partition).join(', ');
  const by = keys.length === 0 ? '' : ' with this key';
  throw new PlainFailure(
    `Nothing is sealed${by} of partition ${names}: nobody can tell whether it is whole.`,
  );
}

function partitionLine({ partition, sealed, records, keys }: PartitionReport): string {
  const by = keys.length === 0 || sealed === 0 ? '' : `, with ${keys.join(' and ')}`;
  return `Partition ${partition}: sealed to ${sealed}, ${records - sealed} unsealed${by}`;
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  whole: 'Whole.',
  part: 'A part of the log: what is sealed here is what was sealed, and the rest is not here.',
  earlier: 'Not all of the log: what is here is what was sealed, and there was more.',
  unknown:
    'Not known: what is here was sealed, but perhaps not as the log of the checkpoints kept elsewhere.',
  lost: 'Lost, as the log itself tells: it was set back.',
  tampered: 'Tampered: this is not the log that was sealed.',
};

/** Whoever asks every hour is to hear of a new tampering, also of a log that was set back once. */
const exitCodeOf = (verdict: Verdict): FailureCode =>
  verdict === 'tampered' ? exitFailure : exitNotAll;

function notWhole({ verdict, findings, partitions }: LogReport): readonly string[] {
  const losses = partitions.flatMap(({ partition, losses: lost }) =>
    lost.map(
      ({ epoch, from }) =>
        `Partition ${partition} tells that it was set back: of epoch ${epoch} what came from position ${from} on was lost.`,
    ),
  );
  const others = findings.length - findingsShownMax;
  return [
    verdictWords[verdict],
    ...findings.slice(0, findingsShownMax).map(sentence),
    ...(others > 0 ? [`There is more: ${others} findings.`] : []),
    ...losses,
  ];
}

const sentence = ({ partition, position, what }: Finding): string =>
  `Partition ${partition}: position ${position} ${what}.`;
