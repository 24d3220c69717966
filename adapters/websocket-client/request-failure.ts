import type { ErrorCode } from '../../core/error-catalogue.ts';

/** The server refused what was asked: it has not happened. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: ErrorCode;
  /** The same may be tried again after this many milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** It was sent, and it is not known whether it has happened: at most once, if it has. */
export class Unknown extends Error {
  override readonly name = 'Unknown';
  /**
   * Of a message: to request it again with this number stores it at most once, and is answered with
   * what became of the first.
   */
  readonly sequence: number | undefined;
  /** What refused it the second time. */
  override readonly cause: Refused | undefined;

  constructor(message: string, { sequence, cause }: { sequence?: number; cause?: Refused } = {}) {
    super(message);
    this.cause = cause;
    this.sequence = sequence;
  }
}

/** It was never sent, and will not be: the client has stopped, or it or what waits is too much. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}
