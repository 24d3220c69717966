import type { MasterKeySource } from '../../adapters/sealing/seal-stores.ts';
import type { Environment, Flag, Options } from '../settings.ts';
import { Settings } from '../settings.ts';
import { archiveFlags } from '../audit-flags.ts';
import { parseStoreOptions, storeFlags, type StoreOptions } from '../store-options.ts';

/** Where the history is read from. */
export type Source =
  | {
      readonly kind: 'live';
      readonly store: StoreOptions;
      /** The folder that holds what was trimmed of it. */
      readonly archive?: string;
    }
  | { readonly kind: 'file'; readonly path: string; readonly keys?: FileOfKeys };

/** What opens the texts of a file. */
export interface FileOfKeys {
  readonly path: string;
  readonly master: MasterKeySource;
}

export const keysFlags = {
  keys: {
    argument: 'FILE',
    about: 'of a file: open its texts with these keys, which audit keys wrote',
  },
} as const satisfies Record<string, Flag>;

/**
 * The log that is meant: the file, or without one the store of the options and the environment.
 * @param path of a log file
 */
export function parseSource(
  path: string | undefined,
  options: Options,
  env: Environment,
): { readonly source: Source; readonly problems: readonly string[] } {
  const settings = new Settings({ ...storeFlags, ...keysFlags, ...archiveFlags }, options, env);
  const store = parseStoreOptions(settings, env);
  const { problems } = settings;
  const keys = settings.text('keys');
  if (path === undefined) {
    if (keys !== undefined)
      problems.push('--keys opens the texts of a file: a live log has its keys beside it.');
    const archive = settings.text('archive');
    return { source: { kind: 'live', store, ...(archive !== undefined && { archive }) }, problems };
  }
  const isArchived = options['archive'] !== undefined;
  const ofArchive = isArchived
    ? ['--archive goes with the live log that it was trimmed from, not with a file.']
    : [];
  // Which store is meant, and how, is nothing to a file; but the master key may be beside it.
  if (keys === undefined) return { source: { kind: 'file', path }, problems: ofArchive };
  if (store.sealing === undefined)
    problems.push(
      '--keys needs the master key as well: give it with --master-key-file, or in SECURECHAT_MASTER_KEY.',
    );
  const master = store.sealing && madeByNobody(store.sealing.master);
  const source = { kind: 'file', path, ...(master && { keys: { path: keys, master } }) } as const;
  return { source, problems: [...problems, ...ofArchive] };
}

/** Whoever reads makes no master key. */
const madeByNobody = (master: MasterKeySource): MasterKeySource =>
  'file' in master ? { file: master.file, make: false } : master;
