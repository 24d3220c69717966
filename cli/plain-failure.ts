/** The command did not do what it was asked for. */
export const exitFailure = 1;
/** The command line, or the configuration, makes no sense. */
export const exitUsage = 2;

/**
 * A failure that a person can do something about. It is printed as `securechat: ` and its message,
 * without a stack: a sentence that says what is wrong and the way out; several problems, one a line.
 */
export class PlainFailure extends Error {
  override readonly name = 'PlainFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode: typeof exitFailure | typeof exitUsage = exitFailure) {
    super(message);
    this.exitCode = exitCode;
  }
}
