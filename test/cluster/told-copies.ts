import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';

import { LogArchive } from '../../adapters/log-file/archive.ts';
import type { Stores } from '../../core/stores.ts';
import { type CliOptions, runCli } from '../cli/cli-process.ts';
import { FrameClient } from '../support/frame-client.ts';

/** Whoever reads the log: where the commands find it and its master key, and the log as it is kept. */
export interface Reader extends Pick<CliOptions, 'cwd' | 'env'> {
  readonly args: readonly string[];
  /** The key to seal it with, unless it lies in its folder. */
  readonly auditKey?: string;
  readonly open: () => Promise<Stores>;
}

/** What files hold in which texts stay sealed: an export, a slice and an archive. */
export async function sealedCopies({ cwd, env, args, auditKey, open }: Reader): Promise<Buffer> {
  const folder = await mkdtemp(join(cwd, 'copies-'));
  const options = { cwd: folder, ...(env && { env }) };
  const signed = auditKey === undefined ? [] : ['--audit-key', auditKey];
  await done(['audit', 'export', '--out', 'export.ndjson.gz', ...args, ...signed], options);
  await done(['replay', '--slice', '--out', 'slice.ndjson.gz', ...args], options);
  const stores = await open();
  const { position } = await stores.events.head(0);
  await new LogArchive(join(folder, 'archive')).add(stores.events, 0, position + 1);
  await stores.close();
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.gz')).map((name) => join(folder, name));
  if (files.length !== 3) throw new Error(`there are other files than meant: ${files.join(' ')}`);
  const unzipped = await Promise.all(files.map(async (file) => gunzipSync(await readFile(file))));
  return Buffer.concat([...unzipped, ...unzipped.flatMap(recordsIn)]);
}

/** The records of a log file as a store has them. */
const recordsIn = (file: Buffer): readonly Buffer[] =>
  file
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly m?: string; readonly b?: string })
    .map(({ m = '', b = '' }) => Buffer.concat([Buffer.from(`${m}\0`), Buffer.from(b, 'base64')]));

/** All that the commands which show texts say, in each of their forms. */
export async function plainCopies({ cwd, env, args }: Omit<Reader, 'open'>): Promise<string> {
  const folder = await mkdtemp(join(cwd, 'words-'));
  const options = { cwd: folder, ...(env && { env }) };
  const said: string[] = [];
  for (const how of [
    ['--format', 'text'],
    ['--format', 'ndjson'],
    ['--format', 'csv'],
    ['--as', 'bob'],
    ['--report', 'report.html'],
  ])
    said.push(await done(['replay', ...how, ...args], options));
  return [...said, await readFile(join(folder, 'report.html'), 'utf8')].join('\n');
}

/** What somebody reads by WebSocket: the lobby's history and the conversation with alice. */
export async function webHistory(port: number, ca: Buffer): Promise<string> {
  const client = new FrameClient(
    new WebSocket(`wss://localhost:${port}/ws`, 'securechat.v1', { ca }),
  );
  await client.sees('hello');
  const session = await client.login('bob', 'letmein', true);
  const history = await client.asks({ type: 'history', room: 'lobby', limit: 50 });
  const conversation = await client.asks({ type: 'conversation', peer: 'alice', limit: 50 });
  const conversations = await client.asks({ type: 'conversations' });
  client.vanish();
  return JSON.stringify([session, history, conversation, conversations]);
}

async function done(args: readonly string[], options: CliOptions): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, options);
  if (code !== 0) throw new Error(`securechat ${args.join(' ')}: ${stderr}`);
  return stdout;
}
