import { deepStrictEqual } from 'node:assert/strict';
import { decodeRecord } from '../../../adapters/record-codec.ts';
import { colours } from '../../../cli/colours.ts';
import { noCommit } from '../../../cli/replay/commits.ts';
import {
  csvFormat,
  ndjsonFormat,
  type RecordFormat,
  TextFormat,
} from '../../../cli/replay/record-format.ts';
import type { ChatEvent } from '../../../core/event.ts';
import type { Recorded } from '../../../core/event-store.ts';
import { rule } from '../../support/given.ts';
import { historyOf, joins, says, type Written } from '../../support/memory-history.ts';

const paint = colours({ isTTY: false });
const roomName = (room: string): string => (room === 'iitkgp' ? 'IITKGP' : room);

async function recordsOf(writing: readonly Written[]): Promise<readonly Recorded[]> {
  const source = await historyOf(writing);
  return (await source.readStored(0, 2, 1_000)).map(decodeRecord);
}

const written = (format: RecordFormat, records: readonly Recorded[]): string =>
  records.map((recorded) => format.record(recorded)).join('');

const asText = async (
  writing: readonly Written[],
  positions = false,
): Promise<readonly string[]> => {
  const format = new TextFormat({ paint, partitions: 1, positions, roomName });
  return written(format, await recordsOf(writing))
    .split('\n')
    .slice(0, -1);
};

const told = (stream: string, event: ChatEvent): Written => ({ stream, event });

rule('for people: time, room, and who said what', async () => {
  deepStrictEqual(await asText([joins('alice'), says('alice', 'hello', 60_000)]), [
    '2026-11-27 06:19:52  lobby     alice joined',
    '2026-11-27 06:20:52  lobby     alice: hello',
  ]);
  const [line] = await asText([says('alice', 'hello')], true);
  deepStrictEqual(line, '       2  2026-11-27 06:19:52  lobby     alice: hello');
});

rule('a room is called as it is shown, and in CSV by its canonical name', async () => {
  const data = { room: 'iitkgp', user: 'bob', session: 'bob1' };
  const said = told('room:iitkgp', { type: 'MessagePosted', data, text: 'here' });
  deepStrictEqual(await asText([said]), ['2026-11-27 06:19:52  IITKGP    bob: here']);
  const [, ...cells] = written(csvFormat, await recordsOf([said])).split(',');
  deepStrictEqual(cells.slice(5), ['bob', 'iitkgp', 'north', 'here\r\n']);
});

rule(
  'a text of several lines shows time, room and name on each; escape sequences do nothing',
  async () => {
    deepStrictEqual(await asText([says('alice', 'one\n\u001b[31mtwo\u0007')]), [
      '2026-11-27 06:19:52  lobby     alice: one',
      '2026-11-27 06:19:52  lobby     alice: two',
    ]);
  },
);

rule('logins, servers, losses, direct messages and epochs are told outside any room', async () => {
  const session = { user: 'alice', session: 'alice1' };
  const lines = await asText([
    told('server:north', { type: 'ServerStarted', data: { server: 'north', incarnation: 1 } }),
    told('session:alice', {
      type: 'SessionOpened',
      data: { ...session, server: 'north', incarnation: 1 },
    }),
    told('following:alice', { type: 'UserSubscribed', data: { user: 'alice', target: 'bob' } }),
    told('direct:alice:bob', {
      type: 'DirectMessagePosted',
      data: { from: 'alice', to: 'bob' },
      text: 'psst',
    }),
    told('session:alice', { type: 'SessionClosed', data: { ...session, reason: 'disconnected' } }),
    told('server:north', { type: 'ServerLost', data: { server: 'north', incarnation: 1 } }),
    told('epoch', { type: 'EpochStarted', data: { epoch: 'e2', previous: 'e1', from: 5 } }),
  ]);
  deepStrictEqual(
    lines.map((line) => line.slice('2026-11-27 06:19:52  '.length)),
    [
      '·         server north started',
      '·         alice logged in on north',
      '·         alice follows bob',
      '·         alice → bob: psst',
      '·         alice is gone: the connection ended',
      '·         server north was lost: what it held is over',
      '·         the log was set back: from position 5 on it is another, epoch e2',
    ],
  );
});

rule('who leaves does so for a reason, if the same command tells it', async () => {
  const session = 'alice1';
  const [left] = await recordsOf([
    told('room:lobby', { type: 'RoomLeft', data: { room: 'lobby', user: 'alice', session } }),
  ]);
  if (left === undefined) throw new Error('nothing was written');
  const format = new TextFormat({ paint, partitions: 1, positions: false, roomName });
  const alone = '2026-11-27 06:19:52  lobby     alice left';
  deepStrictEqual(format.record(left), `${alone}\n`);
  const ended = { ...noCommit, ends: new Map([[session, 'logout' as const]]) };
  deepStrictEqual(format.record(left, ended), `${alone} (logged out)\n`);
  const gone = { ...noCommit, moves: new Map([[session, 'Garden']]) };
  deepStrictEqual(format.record(left, gone), `${alone} (to Garden)\n`);
});

rule('an event that this program does not know is shown as it is', async () => {
  const event = { type: 'TeaMade', data: { by: 'alice' } } as unknown as ChatEvent;
  deepStrictEqual(await asText([told('tea', event)]), [
    '2026-11-27 06:19:52  ·         TeaMade {"by":"alice"}',
  ]);
});

rule('in CSV a cell is quoted where it must be, and is no formula', async () => {
  const lines = written(csvFormat, await recordsOf([says('alice', '=1+1, "really"\nyes')]));
  deepStrictEqual(
    lines,
    `2026-11-27T06:19:52.000Z,0,2,room:lobby,1,MessagePosted,alice,lobby,north,"'=1+1, ""really""\nyes"\r\n`,
  );
});

rule('in CSV what no other column tells is in words, and only a name is a user', async () => {
  const records = await recordsOf([
    told('epoch', { type: 'EpochStarted', data: { epoch: 'e2', previous: 'e1', from: 5 } }),
    told('audit:0', {
      type: 'AuditRead',
      data: { reader: 'root', what: 'replay --room lobby', why: 'case 7', holds: 'words' },
    }),
    told('account:eve', { type: 'UserErased', data: { user: 'eve', unreached: [] } }),
    told('trimming:0', { type: 'LogTrimmed', data: { before: 7, archived: true } }),
  ]);
  deepStrictEqual(
    records.map((recorded) => csvFormat.record(recorded).split(',').slice(5)),
    [
      ['EpochStarted', '', '', 'north', '"the log was set back: from position 5 on it is another'],
      ['AuditRead', 'root', '', 'north', 'root read the log: replay --room lobby (case 7)\r\n'],
      [
        'UserErased',
        'eve',
        '',
        'north',
        'eve was erased: nothing they wrote can be read any more\r\n',
      ],
      ['LogTrimmed', '', '', 'north', '"what was before position 7 was trimmed'],
    ].map((cells, index) => [
      ...cells,
      ...([[' epoch e2"\r\n'], [], [], [' and archived"\r\n']][index] ?? []),
    ]),
  );
});

rule('in NDJSON a line is a record, with all that the log has of it', async () => {
  const [recorded] = await recordsOf([says('alice', 'hello')]);
  if (recorded === undefined) throw new Error('nothing was written');
  const line = JSON.parse(ndjsonFormat.record(recorded)) as Record<string, unknown>;
  const { event, ...placed } = recorded;
  deepStrictEqual(line, { time: '2026-11-27T06:19:52.000Z', ...placed, ...event });
});
