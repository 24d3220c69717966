import { destination, type Level, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { colours } from './colours.ts';

const standardError = 2;
/** What a full disk did not take is kept for later; more than this of it is lost. */
const unwrittenBytesMax = 1_048_576;

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
  const output = destination({ dest: standardError, sync: true, maxLength: unwrittenBytesMax });
  // A log that cannot be written is no reason to end, and nobody is left to be told.
  output.on('error', () => {});
  if (!isTerminal) return pino(options, output);
  const readable = prettyFactory({
    colorize: colours(process.stderr).isColorSupported,
    ignore: 'pid,hostname',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  return pino(options, { write: (line) => void output.write(readable(line)) });
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
