import { deepStrictEqual, throws } from 'node:assert/strict';
import { parseReplayOptions, type ReplayOptions } from '../../../cli/replay/replay-options.ts';
import type { Source } from '../../../cli/replay/source.ts';
import type { Options } from '../../../cli/settings.ts';
import { rule } from '../../support/given.ts';

const now = Date.UTC(2026, 10, 27, 12);
const parse = (options: Options, operands: readonly string[] = [], env = {}): ReplayOptions =>
  parseReplayOptions(operands, options, env, now);
const ofFile = (options: Options, env = {}): unknown => parse(options, ['log.ndjson'], env).source;
const folderOf = (source: Source): string | undefined =>
  source.kind === 'live' && source.store.kind === 'embedded' ? source.store.dir : undefined;
const refused = (options: Options, message: RegExp, operands: readonly string[] = []): void =>
  throws(() => parse(options, operands), { name: 'PlainFailure', exitCode: 2, message });

rule('without options it is the history of the log in ./data, for people', () => {
  const { source, mode, stretch, wanted } = parse({});
  deepStrictEqual(folderOf(source), './data');
  deepStrictEqual(mode, { kind: 'history', format: 'text', follow: false, positions: false });
  deepStrictEqual(stretch, {});
  deepStrictEqual([wanted.rooms.size, wanted.users.size, wanted.types.size], [0, 0, 0]);
});

rule('names are taken as the chat takes them, and types in any case', () => {
  const { wanted } = parse({
    room: ['IITKGP'],
    user: ['Alice', 'bob'],
    types: ['roomjoined,RoomLeft'],
  });
  deepStrictEqual([...wanted.rooms], ['iitkgp']);
  deepStrictEqual([...wanted.users], ['alice', 'bob']);
  deepStrictEqual([...wanted.types], ['RoomJoined', 'RoomLeft']);
});

rule('who talks here by the environment is no filter, and where the log is comes from it', () => {
  const env = { SECURECHAT_USER: 'alice', SECURECHAT_ROOM: 'lobby', SECURECHAT_DATA: '/srv/chat' };
  const { wanted, source } = parse({}, [], env);
  deepStrictEqual([wanted.users.size, wanted.rooms.size], [0, 0]);
  deepStrictEqual(folderOf(source), '/srv/chat');
});

rule('--diff has two moments, and a file may stand before the second or behind it', () => {
  const { mode, source } = parse({ diff: '10' }, ['log.ndjson', '20']);
  deepStrictEqual(mode, {
    kind: 'diff',
    one: { kind: 'record', position: 10 },
    other: { kind: 'record', position: 20 },
  });
  deepStrictEqual(source, { kind: 'file', path: 'log.ndjson' });
  deepStrictEqual(
    parse({ diff: '10' }, ['20', 'log.ndjson']),
    parse({ diff: '10' }, ['log.ndjson', '20']),
  );
  deepStrictEqual(parse({ diff: '10' }, ['20', '30']).source, { kind: 'file', path: '30' });
  refused({ diff: '1', data: 'x' }, /Either the file 3 can be read or a store/, ['2', '3']);
  refused({ diff: '1' }, /--diff should be [^]*not "soon"/, ['soon']);
  refused({ diff: '10' }, /--diff compares two moments/);
});

rule('every mistake is told at once, and none is passed over', () => {
  refused(
    { user: ['a!'], types: ['Nothing'], since: 'soon', fromPosition: 'x', format: 'xml' },
    /"a!" is not a user name[^]*no event Nothing; there are AccountRegistered[^]*--since should be a time[^]*--from-position/,
  );
  refused({ at: '1', as: 'bob' }, /Only one of --at and --as can be done/);
  refused({ at: '1', follow: true }, /--follow does not go with --at/);
  refused({ as: 'bob', room: ['lobby'] }, /--room does not go with --as/);
  refused({ state: 'json' }, /--state does not go with the history/);
  refused({ since: '1h', fromPosition: '3' }, /either with --since or with --from-position/);
  refused({ since: '1h', until: '2h' }, /--since is later than --until/);
  refused({ positions: true, format: 'csv' }, /--positions does not go with --format csv/);
  refused({ follow: true, until: 'now' }, /--follow goes on and on/);
  refused({ follow: true, toPosition: '7' }, /--follow goes on and on/);
  refused({ slice: true }, /add --out FILE/);
  refused({ data: 'x' }, /Either the file log can be read or a store/, ['log']);
  refused({ follow: true }, /^--follow does not go with a file/, ['log']);
  refused({ why: 'x' }, /^--why does not go with a file/, ['log']);
  refused({}, /One file can be read, but a and b/, ['a', 'b']);
});

rule('keys of texts go with a file, and with the master key that wraps them', () => {
  const file = { kind: 'file', path: 'log.ndjson' };
  const keys = (master: object): object => ({ ...file, keys: { path: 'keys.json', master } });
  deepStrictEqual(ofFile({}), file);
  deepStrictEqual(ofFile({ keys: 'keys.json' }), keys({ file: 'data/master.key', make: false }));
  deepStrictEqual(
    ofFile({ keys: 'keys.json', masterKeyFile: 'm.key' }),
    keys({ file: 'm.key', make: false }),
  );
  deepStrictEqual(
    ofFile({ keys: 'keys.json' }, { SECURECHAT_MASTER_KEY: 'text' }),
    keys({ text: 'text', name: 'SECURECHAT_MASTER_KEY' }),
  );
  refused({ keys: 'keys.json' }, /a live log has its keys beside it/);
});
