import type { Answer } from '../core/answer.ts';
import { errorWords } from '../core/error-catalogue.ts';
import { PlainFailure } from './plain-failure.ts';

/** Throws what a change of an account was refused with, if it was. @throws {PlainFailure} */
export function refuse(answer: Answer | undefined): void {
  if (answer?.kind !== 'error') return;
  const { code, subject } = answer;
  // The words of the catalogue are for whoever the account was.
  if (code === 'AccountErased')
    throw new PlainFailure(`${subject} was erased: the account is closed for ever.`);
  throw new PlainFailure(errorWords(code, subject));
}
