import { StoreUnreachable, StoreUnusable, type UnavailableReason } from '../../core/event-store.ts';
import type { Unfitness } from '../../core/stores.ts';

/** An error reply of Redis. `code` is its first word: OOM, MISCONF, READONLY, ERR, … */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal';
  readonly code: string;

  constructor(message: string) {
    // An unknown command's error repeats its arguments, which may hold a password's hash.
    super(message.replace(/,? with args beginning with.*/s, ''));
    this.code = /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
  }
}

/** The connection ended before the answer came; what was asked may or may not have been done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** This Redis answers, and is not to be used until somebody has changed its settings. */
export class RedisUnfit extends Error {
  override readonly name = 'RedisUnfit';
  readonly unfitness: Unfitness;

  constructor(unfitness: Unfitness, message: string) {
    super(message);
    this.unfitness = unfitness;
  }
}

/**
 * Why Redis did not begin what it was told to do. `later`: for a moment only, the same can be
 * sent again. Undefined when it may have begun.
 */
export function refusalReason({ code }: RedisRefusal): UnavailableReason | 'later' | undefined {
  switch (code) {
    case 'OOM':
      return 'full';
    case 'MISCONF':
    case 'READONLY':
    case 'NOREPLICAS':
    case 'NOPERM':
    case 'NOAUTH':
      return 'readOnly';
    case 'BUSY':
    case 'LOADING':
    case 'MASTERDOWN':
      return 'later';
    default:
      return undefined;
  }
}

/** Whether Redis takes no writes now, but may well answer reads. */
export function isWriteRefused(error: unknown): boolean {
  const reason = error instanceof RedisRefusal ? refusalReason(error) : undefined;
  return reason === 'full' || reason === 'readOnly';
}

/** An error as the ports' callers are to see it; what is none of the store's stays what it is. */
export function asStoreError(error: unknown): unknown {
  if (error instanceof StoreUnreachable || error instanceof StoreUnusable) return error;
  if (error instanceof ConnectionLost || error instanceof RedisUnfit) {
    return new StoreUnreachable(error.message);
  }
  if (error instanceof RedisRefusal) {
    return new StoreUnreachable(`Redis refused: ${error.message}`);
  }
  return error;
}

/** Whether an error is one of the store's own that may be gone at the next attempt. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionLost ||
  error instanceof RedisRefusal ||
  error instanceof RedisUnfit ||
  error instanceof StoreUnreachable;

/** Whether an error tells of the store, and not of a fault in this program. */
export const isOfStore = (error: unknown): boolean =>
  isPassing(error) || error instanceof StoreUnusable;
