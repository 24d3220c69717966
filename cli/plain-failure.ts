/** The command did not do what it was asked for. */
export const exitFailure = 1;
/** The command line, or the configuration, makes no sense. */
export const exitUsage = 2;
/** Nothing that was checked is wrong, and it is not all that there is to be. */
export const exitNotAll = 3;

export type FailureCode = typeof exitFailure | typeof exitUsage | typeof exitNotAll;

/**
 * A failure that a person can do something about. It is printed as `securechat: ` and its message,
 * without a stack: a sentence that says what is wrong and the way out; several problems, one a line.
 */
export class PlainFailure extends Error {
  override readonly name = 'PlainFailure';
  readonly exitCode: FailureCode;

  constructor(message: string, exitCode: FailureCode = exitFailure) {
    super(message);
    this.exitCode = exitCode;
  }
}
