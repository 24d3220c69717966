import type { ErrorCode } from '../../../core/error-catalogue.ts';
import { NotSent, Refused, Unknown } from '../../websocket-client/request-failure.ts';

/** What went wrong with a request, for a person. */
export interface Failure {
  readonly words: string;
  /** Absent where it was not the server that refused. */
  readonly code: ErrorCode | undefined;
}

/** @throws what is no failure of a request: a fault of this page */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return { words: error.message, code: error.code };
  if (error instanceof Unknown)
    return { words: 'The connection was lost before an answer came.', code: undefined };
  if (error instanceof NotSent) return { words: 'There is no connection.', code: undefined };
  throw error;
}
