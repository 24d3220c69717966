import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { checkProof, formatConsistency, formatInclusion } from '../adapters/audit/proof-file.ts';
import { NotProvable, SealedLog } from '../adapters/audit/sealed-log.ts';
import { SigningKeyProblem } from '../adapters/audit/signing-key.ts';
import { CorruptRecord } from '../adapters/record-codec.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import type { HandedOut } from '../core/audit.ts';
import { ForgedCheckpoint, KeyOfNobody, Unsealable } from '../server/sealer.ts';
import { publishKey } from '../server/signing-keys.ts';
import { archiveLog } from './audit-archive.ts';
import { exportLog } from './audit-export.ts';
import { type AuditFlag, auditFlags, keysOutFlags } from './audit-flags.ts';
import { auditKeyFile, pinnedKeys, publicKeys, toolsKey } from './audit-options.ts';
import { openSource, tellReading } from './audit-source.ts';
import { verify } from './audit-verify.ts';
import { wantedKeys, writeKeys } from './audit-keys.ts';
import { openExistingStores } from './open-stores.ts';
import { exitUsage, PlainFailure } from './plain-failure.ts';
import { readingWords } from './reading-words.ts';
import { type Environment, type Options, Settings } from './settings.ts';
import { parseRetain } from './retain-options.ts';
import { startFailure } from './start-failure.ts';
import { parseStoreOptions, type StoreOptions } from './store-options.ts';

/** What `securechat audit` can do; each throws a PlainFailure if it did not. */
const actions = {
  export: exportAction,
  verify: verifyAction,
  prove,
  consistency,
  'check-proof': checkProofAction,
  key,
  'publish-key': publishKeyAction,
  archive: archiveAction,
  keys: keysAction,
};
export type AuditActions = typeof actions;

interface Asked {
  readonly settings: Settings<AuditFlag>;
  readonly store: StoreOptions;
  readonly options: Options;
  readonly env: Environment;
  readonly args: readonly string[];
  /** The command as it was typed: what the log is told. */
  readonly what: string;
}

/** Runs one action with the arguments, options and environment given. */
export async function runAuditAction(
  name: keyof AuditActions,
  args: readonly string[],
  options: Options,
  env: Environment,
): Promise<void> {
  const settings = new Settings<AuditFlag>(auditFlags, options, env);
  const store = parseStoreOptions(settings, env);
  if (settings.problems.length > 0) throw new PlainFailure(settings.problems.join('\n'), exitUsage);
  const what = readingWords(`audit ${name}`, args, options);
  try {
    await actions[name]({ settings, store, options, env, args, what });
  } catch (error) {
    throw isPlain(error) ? new PlainFailure(error.message) : startFailure(error);
  }
}

/** Their messages are sentences. */
const isPlain = (error: unknown): error is Error =>
  error instanceof SigningKeyProblem ||
  error instanceof NotProvable ||
  error instanceof KeyOfNobody ||
  error instanceof ForgedCheckpoint ||
  error instanceof Unsealable ||
  error instanceof CorruptRecord;

async function exportAction({ settings, store, env, what }: Asked): Promise<void> {
  const out = settings.text('out');
  if (out === undefined) throw new PlainFailure('--out FILE says where to export to.', exitUsage);
  const file = auditKeyFile(settings.text('audit-key'), env);
  const why = settings.text('why');
  const archive = settings.text('archive');
  await exportLog({ out, store, key: () => toolsKey(store, file), archive, what, why });
}

async function archiveAction({ settings, store, args, what }: Asked): Promise<void> {
  const days = parseRetain(settings);
  if (days === undefined)
    throw new PlainFailure(
      settings.problems.join('\n') || '--retain says what is old, such as 90d for 90 days.',
      exitUsage,
    );
  await archiveLog({ dir: args[0] ?? '', store, days, what, why: settings.text('why') });
}

async function keysAction({ settings, store, options, what }: Asked): Promise<void> {
  const out = settings.text('out');
  if (out === undefined) throw new PlainFailure('--out FILE says where to write to.', exitUsage);
  // Who talks, and where, by the environment is no filter.
  const typed = new Settings(keysOutFlags, options, {});
  const given = (flag: 'user' | 'room') => typed.given(flag)?.values ?? [];
  await writeKeys({
    out,
    overwrite: typed.isOn('overwrite'),
    wanted: wantedKeys(given('user'), given('room')),
    store,
    what,
    why: settings.text('why'),
  });
}

async function verifyAction(asked: Asked): Promise<void> {
  const { settings, store, args, what } = asked;
  await verify({
    file: args[0],
    store,
    keys: pinnedKeys(settings),
    checkpoints: settings.text('checkpoints'),
    archive: archiveOf(asked, args[0]),
    what,
    why: settings.text('why'),
  });
}

async function prove(asked: Asked): Promise<void> {
  const [position = '', file] = asked.args;
  const number = numberIn(position, 'A position');
  await withSealedLog(asked, file, 'sealed', async (log) =>
    formatInclusion(await log.proveInclusion(number)),
  );
}

async function consistency(asked: Asked): Promise<void> {
  const [one = '', other = '', file] = asked.args;
  const [older, newer] = [numberIn(one, 'A size'), numberIn(other, 'A size')];
  await withSealedLog(asked, file, 'nothing', async (log) =>
    formatConsistency(log.proveConsistency(older, newer)),
  );
}

/** @throws {PlainFailure} for a file: what was trimmed is in it, or it could not be exported */
function archiveOf({ settings, options }: Asked, file: string | undefined): string | undefined {
  if (file !== undefined && options['archive'] !== undefined)
    throw new PlainFailure(
      '--archive goes with the live log that it was trimmed from, not with a file: an export has what was trimmed.',
      exitUsage,
    );
  return file === undefined ? settings.text('archive') : undefined;
}

async function withSealedLog(
  asked: Asked,
  file: string | undefined,
  holds: HandedOut,
  proof: (log: SealedLog) => Promise<string>,
): Promise<void> {
  const { settings, store, what } = asked;
  const partition = settings.integer('partition', 0, partitionMax) ?? 0;
  const { log, notes } = await openSource(file, store, archiveOf(asked, file));
  let made: string;
  try {
    made = await proof(await SealedLog.read(log, partition, notes));
  } finally {
    await log.close();
  }
  // What is handed out of a live log is told there first.
  if (file === undefined) await tellReading(store, { what, why: settings.text('why'), holds });
  process.stdout.write(made);
}

async function checkProofAction({ settings, args }: Asked): Promise<void> {
  const [file = '-'] = args;
  const keys = pinnedKeys(settings);
  const checked = checkProof(await read(file), keys);
  if ('fault' in checked) throw new PlainFailure(checked.fault);
  console.log(checked.proves);
  console.log(
    keys.length > 0
      ? `Signed with ${checked.key}.`
      : `Signed with ${checked.key}, as the proof itself says: --key pins the one that you know.`,
  );
}

async function key({ settings, store, env, args }: Asked): Promise<void> {
  const file = args[0] ?? auditKeyFile(settings.text('audit-key'), env);
  const known = toolsKey(store, file);
  if (known === undefined)
    throw new PlainFailure('There is no signing key here: name its file.', exitUsage);
  console.log(known.verifier.text);
}

/** The present key vouches for the next one, so that both count. */
async function publishKeyAction({
  settings,
  store,
  env,
  args: [given = ''],
}: Asked): Promise<void> {
  const [next] = publicKeys([given]);
  const signer = toolsKey(store, auditKeyFile(settings.text('audit-key'), env));
  if (signer === undefined)
    throw new PlainFailure(
      '--audit-key FILE names the present signing key, which vouches for the next one.',
      exitUsage,
    );
  if (next === undefined) return;
  const stores = await openExistingStores(store);
  try {
    const outcome = await publishKey(stores.events, signer, next);
    if (outcome !== 'published') throw new PlainFailure(vouchesForNone[outcome]);
  } finally {
    await stores.close();
  }
  console.log('Published: both keys count now. Start the servers with the new one.');
}

const vouchesForNone = {
  'sealed-otherwise':
    'The log is sealed with another signing key than the one that you gave, which therefore can vouch for none: name the file of the present one with --audit-key.',
  unsealed:
    'Nothing of this log is sealed yet, so no key can vouch for another. The key with which the servers seal first counts.',
} as const;

const partitionMax = 255;

function numberIn(typed: string, what: string): number {
  const number = Number(typed);
  if (/^\d{1,15}$/.test(typed) && number > 0) return number;
  throw new PlainFailure(`${what} is a whole number from 1 on, not "${typed}".`, exitUsage);
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new PlainFailure(`${file} cannot be read (${reasonOf(error)}).`);
  }
}
