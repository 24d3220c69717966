import type { Actor } from '../core/event-store.ts';
import { type AccountsContext, createAccount } from '../server/accounts.ts';
import type { ListedAccount } from './accounts-file.ts';
import { PlainFailure } from './plain-failure.ts';
import { refuse } from './refused-change.ts';
import { startFailure } from './start-failure.ts';

/** Hashing takes all cores but one; a few more than those keep them busy. */
const atOnce = 8;

/**
 * Makes the accounts of a file, leaves those that are there, and says so.
 * @throws {PlainFailure} when one cannot be made: which, why, and how many were; no further one is
 */
export async function makeAccounts(
  context: AccountsContext,
  actor: Actor,
  accounts: readonly ListedAccount[],
  file: string,
): Promise<void> {
  const waiting = [...accounts];
  const there: string[] = [];
  let added = 0;
  let broken: { readonly line: number; readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        const answer = await createAccount(context, actor, next);
        if (answer?.kind === 'error' && answer.code === 'NameTaken') there.push(next.user);
        else {
          refuse(answer);
          added += 1;
        }
      } catch (error) {
        if (broken === undefined || next.line < broken.line) broken = { line: next.line, error };
        waiting.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const count = `Added ${added} of ${accounts.length} accounts`;
  if (broken === undefined) console.log(`${count}.`);
  else throw failureAt(`${file}, line ${broken.line}`, broken.error, count);
  if (there.length > 0)
    console.log(`There already, and left as they were: ${there.toSorted().join(', ')}.`);
}

/** To import the file again makes the rest. */
function failureAt(place: string, error: unknown, count: string): unknown {
  const failure = startFailure(error);
  if (!(failure instanceof PlainFailure)) {
    console.error(`securechat: ${place}: ${count}.`);
    return failure;
  }
  return new PlainFailure(
    `${place}: ${failure.message}\n${count}; import the file again for the rest: those that are there are left as they are.`,
  );
}
