import { createInterface } from 'node:readline/promises';

import { DataKeys } from '../adapters/sealing/data-keys.ts';
import { replaceMasterKey } from '../adapters/sealing/master-rotation.ts';
import { type MasterKeySource, openMasterKeys } from '../adapters/sealing/seal-stores.ts';
import { toldIfSlow } from '../adapters/told-if-slow.ts';
import { errorWords } from '../core/error-catalogue.ts';
import type { Actor } from '../core/event-store.ts';
import { userKeyName } from '../core/sealing.ts';
import type { AccountsContext } from '../server/accounts.ts';
import { closeForEver } from '../server/accounts.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { unreachedCopies } from './unreached-copies.ts';

/**
 * Asks whether it is meant, unless that was said.
 * @throws {PlainFailure} when it is not, or nobody can be asked
 */
export async function confirmErasure(user: string, isSure: boolean): Promise<void> {
  if (isSure) return;
  const what = `Everything that ${user} has written becomes unreadable for everybody, and the name is closed for ever. This cannot be undone.`;
  if (!process.stdin.isTTY)
    throw new PlainFailure(`${what}\nTo do it without being asked, add --yes.`, exitUsage);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    console.error(what);
    const answer = await prompt.question(`Type the name ${user} to go on: `);
    if (answer.trim() !== user) throw new PlainFailure('Nothing was erased.');
  } finally {
    prompt.close();
  }
}

/**
 * Erases a user: closes the account and its session, destroys the key of all they wrote, and
 * replaces the master key, so that no remaining copy of that key can be unwrapped. Prints the
 * receipt. Broken off, it can be called again.
 * @throws {PlainFailure} also when the store did not begin to rewrite its files; all else is done then
 * @throws {StoreUnreachable} @throws {UnusableMasterKey}
 */
export async function eraseUser(
  context: AccountsContext,
  actor: Actor,
  user: string,
  master: MasterKeySource,
): Promise<void> {
  const { stores } = context;
  const keys = new DataKeys(stores.keys, await openMasterKeys(master));
  // Before anything is done that cannot be finished by another one.
  await keys.check();
  // The files are rewritten last: until then, and should that fail, the recorded receipt is right.
  const unreached = [
    ...(await unreachedCopies(stores.events, user)),
    ...always(master),
    ...(stores.overwrittenLeft ?? []),
  ];
  const answer = await closeForEver(context, actor, { user, unreached });
  if (answer?.kind === 'error') throw new PlainFailure(errorWords(answer.code, answer.subject));
  await keys.destroy(userKeyName(user));
  console.log(`Erased ${user}: the account is closed, and the key of all they wrote is destroyed.`);
  if ('file' in master) {
    const rewrapped = await replaceMasterKey(keys, master.file);
    console.log(`The master key is replaced; ${rewrapped} other keys are wrapped by the new one.`);
  }
  console.log('Not reached by this:');
  for (const line of unreached) console.log(`- ${line}`);
  const left = await toldIfSlow(stores.rewrite(), () =>
    console.error('Waiting for the store to begin to rewrite its files …'),
  );
  if (left.length > 0) throw new PlainFailure(left.map(notRewritten).join('\n'));
}

const notRewritten = (what: string): string =>
  `One thing is left to do: ${what}. What was destroyed lies there until it is rewritten: run BGREWRITEAOF in Redis, or this command again.`;

const always = (master: MasterKeySource): readonly string[] => [
  'what people have read, copied or printed',
  'the memory of servers that run, which is cleared within seconds as far as a program can: a restart of each server ends what is left',
  'a backup that holds both the store and the master key of its time',
  'file' in master
    ? 'copies of the old master key on other machines: replace them by the new one'
    : `the master key in ${master.name}, which only its owner can replace: until then a copy of the store made before can be read with it`,
];
