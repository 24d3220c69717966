import { setTimeout as sleep } from 'node:timers/promises';

import type { UnavailableReason } from '../../core/event-store.ts';
import type { Failure } from './group-commit.ts';

/** How far a transaction had come: its lock was waited for, it was filled, or it was committed. */
type Stage = 'waiting' | 'applying' | 'committing';

/** The package tells a commit's error by a promise of its own, in the same turn as a rule. */
const reasonWithinMs = 500;

/**
 * What a failed transaction means for its jobs. Until it was committed nothing of it was written;
 * a commit that failed for want of room was given up by LMDB before its last write; of any other
 * one cannot say.
 */
export async function writeFailure(thrown: unknown, stage: Stage): Promise<Failure | Error> {
  const error = await commitErrorOf(thrown);
  const reason = reasonOf(error);
  if (reason === 'full') return { status: 'unavailable', reason };
  if (stage === 'committing') return { status: 'unknown' };
  if (stage === 'waiting') return { status: 'unavailable', reason: reason ?? 'disconnected' };
  return reason === undefined ? error : { status: 'unavailable', reason };
}

/** The numbers are LMDB's (lmdb.h) and, above 0, the system's (errno.h, the same everywhere). */
const reasons: ReadonlyMap<unknown, UnavailableReason> = new Map([
  [-30792, 'full'], // MDB_MAP_FULL
  [28, 'full'], // ENOSPC
  [122, 'full'], // EDQUOT on Linux
  [69, 'full'], // EDQUOT on macOS
  [27, 'full'], // EFBIG
  [30, 'readOnly'], // EROFS
  [13, 'readOnly'], // EACCES
  [1, 'readOnly'], // EPERM
]);

function reasonOf(error: Error): UnavailableReason | undefined {
  return 'code' in error ? reasons.get(error.code) : undefined;
}

async function commitErrorOf(thrown: unknown): Promise<Error> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!('commitError' in error) || !(error.commitError instanceof Promise)) return error;
  const reason: unknown = await Promise.race([
    error.commitError.then(
      () => error,
      (cause: unknown) => cause,
    ),
    sleep(reasonWithinMs, error, { ref: false }),
  ]);
  return reason instanceof Error ? reason : error;
}
