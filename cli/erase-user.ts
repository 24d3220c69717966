import { createInterface } from 'node:readline/promises';

import { DataKeys } from '../adapters/sealing/data-keys.ts';
import { ErasureMarks, unfinishedWords } from '../adapters/sealing/erasure-marks.ts';
import { replaceMasterKey } from '../adapters/sealing/master-rotation.ts';
import { type MasterKeySource, openMasterKeys } from '../adapters/sealing/seal-stores.ts';
import { toldIfSlow } from '../adapters/told-if-slow.ts';
import { errorWords } from '../core/error-catalogue.ts';
import type { Actor, EventStore } from '../core/event-store.ts';
import { userKeyName } from '../core/sealing.ts';
import type { AccountsContext } from '../server/accounts.ts';
import { loadAccount } from '../server/aggregate.ts';
import { closeForEver } from '../server/accounts.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { startFailure } from './start-failure.ts';
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
  const { events, keys: store } = context.stores;
  const keys = new DataKeys(store, await openMasterKeys(master));
  // Before anything is done that cannot be finished by another one.
  await keys.check();
  const marks = new ErasureMarks(store);
  const others = (await marks.unfinished()).filter((one) => one !== user);
  for (const other of others) console.error(unfinishedWords(other));
  const { state } = await loadAccount(events, user);
  if (state.status === 'none') throw new PlainFailure(errorWords('NoSuchUser', user));
  const unreached = [
    ...(await unreachedCopies(events, user, await marks.doneAt(user))),
    ...always(master),
    ...(context.stores.overwrittenLeft ?? []),
  ];
  await marks.begin(user);
  let left: readonly string[];
  try {
    left = await carriedOut(context, actor, { user, unreached, keys, master });
    await marks.end(user, await lastAt(events));
  } catch (error) {
    throw brokenOff(error, user);
  }
  if (left.length > 0) throw new PlainFailure(left.map(notRewritten).join('\n'));
}

interface Erasure {
  readonly user: string;
  readonly unreached: readonly string[];
  readonly keys: DataKeys;
  readonly master: MasterKeySource;
}

/** Answers, in words, what the store did not begin to rewrite. */
async function carriedOut(
  context: AccountsContext,
  actor: Actor,
  { user, unreached, keys, master }: Erasure,
): Promise<readonly string[]> {
  // The files are rewritten last: until then, and should that fail, the recorded receipt is right.
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
  return toldIfSlow(context.stores.rewrite(), () =>
    console.error('Waiting for the store to begin to rewrite its files …'),
  );
}

/** Where the log is by now, in milliseconds since 1970: readings are told in its first partition. */
async function lastAt(events: EventStore): Promise<number> {
  const { position } = await events.head(0);
  const [last] = await events.readStored(0, position, 1);
  return last?.at ?? Infinity;
}

function brokenOff(error: unknown, user: string): unknown {
  const failure = startFailure(error);
  if (!(failure instanceof PlainFailure)) return failure;
  return new PlainFailure(`${failure.message}\n${unfinishedWords(user)}`);
}

const notRewritten = (what: string): string =>
  `One thing is left to do: ${what}. What was destroyed lies there until it is rewritten: run that in Redis, or this command again.`;

const always = (master: MasterKeySource): readonly string[] => [
  'what people have read, copied or printed',
  'memory of servers that was swapped out or dumped before: what they hold is cleared within seconds',
  'a backup that holds both the store and the master key of its time',
  'file' in master
    ? 'copies of the old master key on other machines: replace them by the new one'
    : `the master key in ${master.name}, which only its owner can replace: until then a copy of the store made before can be read with it`,
];
