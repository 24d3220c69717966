import { copyFileSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { type Test, test } from 'tap';

import { newSigningKey } from '../../adapters/audit/signing-key.ts';
import { openLmdb } from '../../adapters/lmdb/event-store.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import { auditStream } from '../../core/stream.ts';
import { write, type Written } from '../support/memory-history.ts';
import { story } from './chat-folder.ts';
import { type CliEnd, runCli } from './cli-process.ts';

const registered: Written = {
  stream: 'account:alice',
  event: { type: 'AccountRegistered', data: { user: 'alice', credential: 'none' } },
};

async function sealedLog(dir: string): Promise<void> {
  const master = { file: join(dir, 'master.key'), make: true };
  const stores = await sealStores(await openLmdb({ dir }), { master, seals: true });
  await write(stores.events, [registered, ...story], { now: 0 });
  await stores.close();
}

class Folder {
  readonly cwd: string;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  run(...args: readonly string[]): Promise<CliEnd> {
    return runCli(args, { cwd: this.cwd });
  }

  async done(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** What the exported file says was said. */
  async said(...args: readonly string[]): Promise<readonly string[]> {
    const stdout = await this.done('replay', 'log.ndjson', '--types', 'MessagePosted', ...args);
    return [...stdout.matchAll(/lobby {5}(.*)$/gm)].map(([, words = '']) => words);
  }

  text(file: string): string {
    return readFileSync(join(this.cwd, file), 'utf8');
  }
}

/** A folder with the story, sealed, in `data`, its export, and all its keys. */
const made = await (async () => {
  const chat = new Folder(await mkdtemp(join(tmpdir(), 'securechat-keys-')));
  await sealedLog(join(chat.cwd, 'data'));
  const pem = newSigningKey().export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(join(chat.cwd, 'k.pem'), pem);
  await chat.done('audit', 'export', '--out', 'log.ndjson', '--audit-key', 'k.pem');
  await chat.done('audit', 'keys', '--out', 'keys.json', '--why', 'case 7');
  return chat;
})();
tap.teardown(() => rm(made.cwd, { recursive: true }));

function exportedChat(t: Test): Folder {
  const cwd = t.testdir({});
  cpSync(made.cwd, cwd, { recursive: true });
  return new Folder(cwd);
}

await test('an exported file’s texts are read with the keys of its log, and not without', async (t) => {
  const chat = exportedChat(t);
  t.strictSame(await chat.said(), ['alice: [sealed]', 'bob: [sealed]']);
  t.strictSame(await chat.said('--keys', 'keys.json'), ['alice: hello', 'bob: hi']);
  const keys = ['--keys', 'keys.json'];
  t.match(await chat.done('replay', 'log.ndjson', '--as', 'bob', ...keys), '[lobby] alice: hello');
  t.match(await chat.done('audit', 'who-saw', 'lobby', '3', 'log.ndjson', ...keys), 'alice: hello');
  t.notMatch(chat.text('log.ndjson'), 'hello');
  t.equal(statSync(join(chat.cwd, 'keys.json')).mode & 0o777, 0o600, 'for its owner alone');
  t.match(await chat.run('replay', ...keys), { code: 2, stderr: /a live log has its keys/ });
});

await test('that keys were written is recorded, and none are written over unless that is said', async (t) => {
  const chat = exportedChat(t);
  const again = await chat.run('audit', 'keys', '--out', 'keys.json');
  t.match(again, { code: 1, stderr: /keys\.json is there already: .*--overwrite\.\n$/ });
  await chat.done('audit', 'keys', '--out', 'keys.json', '--user', 'Alice', '--overwrite');
  t.strictSame(
    await chat.said('--keys', 'keys.json'),
    ['alice: hello', 'bob: [sealed]'],
    'only those that are wanted',
  );
  await chat.done('audit', 'keys', '--out', 'none.json', '--room', 'garden');
  t.strictSame(await chat.said('--keys', 'none.json'), ['alice: [sealed]', 'bob: [sealed]']);
  const stores = await openLmdb({ dir: join(chat.cwd, 'data') });
  const told = await stores.events.readStream({ stream: auditStream(0), limit: 100 });
  await stores.close();
  const readings = told.flatMap(({ event }) => (event.type === 'AuditRead' ? [event.data] : []));
  t.match(readings.slice(1), [
    { what: 'audit keys --out keys.json', why: 'case 7' },
    { what: 'audit keys --out keys.json --user Alice --overwrite' },
    { what: 'audit keys --out none.json --room garden' },
  ]);
});

await test('keys that do not fit are refused in a sentence', async (t) => {
  const chat = exportedChat(t);
  const refused = async (keys: string, message: RegExp, ...more: string[]): Promise<void> => {
    const { code, stdout, stderr } = await chat.run(
      'replay',
      'log.ndjson',
      '--keys',
      keys,
      ...more,
    );
    t.equal(code, 1);
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  };
  const cut = chat.text('keys.json').replace(/\{"end".*\n/, '');
  writeFileSync(join(chat.cwd, 'cut.json'), cut);
  await refused('cut.json', /^securechat: cut\.json is damaged/);
  await refused('keys.json', /cannot be read/, '--master-key-file', 'missing.key');
  await sealedLog(join(chat.cwd, 'other'));
  const master = ['--master-key-file', 'other/master.key'];
  await refused('keys.json', /wrapped by another master key/, ...master);
  await chat.done('audit', 'keys', '--data', 'other', '--out', 'others.json');
  const others = /^securechat: The keys in others\.json are of another log than log\.ndjson\.$/m;
  await refused('others.json', others, ...master);
});

await test('after an erasure only keys and a master key from before open what was exported before', async (t) => {
  const chat = exportedChat(t);
  const own = join(chat.cwd, 'data', 'master.key');
  copyFileSync(own, join(chat.cwd, 'kept.key'));
  for (const args of [
    ['--format', 'csv'],
    ['--types', 'RoomJoined'],
    ['--report', 'r.html'],
  ])
    await chat.done('replay', ...args);
  await chat.done('audit', 'verify');
  const receipt = await chat.done('user', 'erase', 'alice', '--yes');
  const listed = [...receipt.matchAll(/^- (a (?:copy|file) (?:in|of) .*), .* on \d{4}.*: (.*)$/gm)];
  const copies = listed.map(([, copy = '', what = '']) => [copy, what]);
  t.strictSame(
    copies,
    [
      ['a copy of sealed text', 'audit export --out log.ndjson'],
      [
        'a file of keys, which with the master key of then opens sealed copies',
        'audit keys --out keys.json',
      ],
      ['a copy in plain text', 'replay --format csv'],
      ['a copy of names', 'replay --types RoomJoined'],
      ['a copy of names', 'replay --report r.html'],
    ],
    'what was read before is in the receipt, but no check',
  );
  const stores = await openLmdb({ dir: join(chat.cwd, 'data') });
  const [, erased] = await stores.events.readStream({ stream: 'account:alice', limit: 9 });
  await stores.close();
  t.match(erased?.event, {
    type: 'UserErased',
    data: { unreached: /audit keys --out keys\.json/ },
  });
  await chat.done('audit', 'keys', '--out', 'later.json');
  t.strictSame(await chat.said('--keys', 'later.json'), ['alice: [erased]', 'bob: hi']);
  const shut = await chat.run('replay', 'log.ndjson', '--keys', 'keys.json');
  t.match(shut, { code: 1, stderr: /wrapped by another master key/ }, 'the master key is replaced');
  t.strictSame(
    await chat.said('--keys', 'keys.json', '--master-key-file', 'kept.key'),
    ['alice: hello', 'bob: hi'],
    'what the receipt says it does not reach',
  );
});
