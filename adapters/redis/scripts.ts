import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Argument, Connection } from './connection.ts';
import { RedisRefusal } from './refusal.ts';
import type { Reply } from './reply.ts';

export interface Script {
  readonly source: string;
  /** SHA-1 of the source, in hex: how Redis names a script. */
  readonly sha: string;
}

/** Each is one atomic operation; its first lines say what it is given and what it answers. */
export const scripts = {
  append: script('append'),
  void: script('void'),
  createLog: script('create-log'),
  startEpoch: script('start-epoch'),
  inspectLog: script('inspect-log'),
  rebuildHeads: script('rebuild-heads'),
  reindexStream: script('reindex-stream'),
  readStream: script('read-stream'),
  changeKey: script('change-key'),
  trim: script('trim'),
  keepSnapshots: script('keep-snapshots'),
  refreshLease: script('refresh-lease'),
  releaseLease: script('release-lease'),
} as const;

/** Redis keeps scripts that were loaded; those it only ran it may forget. */
export async function loadScripts(connection: Connection): Promise<void> {
  const loads = Object.values(scripts).map(({ source }) =>
    connection.call('SCRIPT', 'LOAD', source),
  );
  await Promise.all(loads);
}

/** Runs a script by its name, and by its source where Redis has forgotten it (SCRIPT FLUSH). */
export async function runScript(
  connection: Connection,
  { sha, source }: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<Reply> {
  try {
    return await connection.call('EVALSHA', sha, keys.length, ...keys, ...args);
  } catch (error) {
    const isForgotten = error instanceof RedisRefusal && error.code === 'NOSCRIPT';
    if (!isForgotten) throw error;
    return connection.call('EVAL', source, keys.length, ...keys, ...args);
  }
}

function script(name: string): Script {
  const source = readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
