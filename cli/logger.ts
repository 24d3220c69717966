import { destination, type Level, type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { colours } from './colours.ts';

const standardError = 2;

/**
 * The log of this process, on standard error: one JSON object a line, and lines for a person where
 * it is a terminal. Standard output is left to the banner.
 *
 * Nothing is redacted, because nothing secret gets here: every call names the fields it logs, and
 * none logs a line from a client, a URL, the options or the environment as a whole. Errors are the
 * one thing that carries fields which nobody named (those of ioredis hold the whole command that
 * failed, AUTH and its password too), so of an error only its name, code, message and stack are
 * kept.
 */
export function createLogger(level: Level | 'silent', isTerminal = process.stderr.isTTY): Logger {
  const options = { level, serializers: { err: describeError } };
  if (!isTerminal) return pino(options, destination({ dest: standardError, sync: true }));
  const { isColorSupported } = colours(process.stderr);
  const readable = PinoPretty({
    colorize: isColorSupported,
    destination: standardError,
    ignore: 'pid,hostname',
    singleLine: true,
    sync: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  return pino(options, readable);
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  };
}
