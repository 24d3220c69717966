import { test } from 'tap';

import type { RawRecord } from '../../checker/log-dump.ts';
import { add, type Heard } from './heard.ts';
import { findings, type Witness } from './judgement.ts';

/** Alice and bob are in the lobby, carol follows alice from the attic; everybody says something. */
const log = [
  opened('alice'),
  opened('bob'),
  opened('carol'),
  record('following:carol', 1, 'UserSubscribed', { user: 'carol', target: 'alice' }),
  joined('lobby', 1, 'alice'),
  joined('lobby', 2, 'bob'),
  joined('attic', 1, 'carol'),
  posted('lobby', 3, 'alice', 'one'),
  posted('lobby', 4, 'bob', 'two'),
  direct(1, 'alice', 'bob', 'psst'),
  posted('attic', 2, 'carol', 'three'),
  record('room:lobby', 5, 'RoomLeft', member('lobby', 'bob')),
  posted('lobby', 6, 'alice', 'four'),
];

const sound = (): Record<'alice' | 'bob' | 'carol', Witness & { readonly said: object[] }> => ({
  alice: witness('alice', [
    ['room lobby', '1', '2', '3 alice: one', '4 bob: two', '5', '6 alice: four'],
    ['direct bob', '1 alice: psst'],
  ]),
  bob: witness('bob', [
    ['room lobby', '2', '3 alice: one', '4 bob: two', '5'],
    ['direct alice', '1 alice: psst'],
  ]),
  carol: witness('carol', [
    ['followed lobby', '3 alice: one', '6 alice: four'],
    ['room attic', '1', '2 carol: three'],
  ]),
});

await test('nothing is found where everybody heard what the log has', (t) => {
  t.strictSame(findings(log, Object.values(sound())), []);
  t.end();
});

/** What is done to what was heard, to what was said, or to the log. */
const faults: Record<string, (people: ReturnType<typeof sound>, records: RawRecord[]) => void> = {
  'a message is missing': ({ bob }) => of(bob, 'room lobby').splice(1, 1),
  'the last message is missing': ({ alice }) => of(alice, 'room lobby').pop(),
  'a message came twice': ({ alice }) => of(alice, 'room lobby').push('6 alice: four'),
  'a message came twice in a row': ({ bob }) => of(bob, 'room lobby').splice(1, 0, '3 alice: one'),
  'a message came after a later one': ({ bob }) => {
    const heard = of(bob, 'room lobby');
    heard.push(...heard.splice(1, 1));
  },
  'a text was changed': ({ bob }) => of(bob, 'room lobby').splice(1, 1, '3 alice: One'),
  'a message came after its reader had left': ({ bob }) =>
    of(bob, 'room lobby').push('6 alice: four'),
  'a message came to whoever has no part in it': ({ carol }) =>
    add(carol.heard, 'room lobby', '3 alice: one'),
  'a direct message is missing': ({ bob }) => of(bob, 'direct alice').pop(),
  'a followed message is missing': ({ carol }) => of(carol, 'followed lobby').shift(),
  'a hole was told': ({ alice }) => add(alice.heard, 'must not be', '{"type":"hole"}'),
  'an answer names another place': ({ alice }) =>
    void alice.said.push({ room: 'lobby', number: 4, text: 'one' }),
  'an answered message is not there': ({ alice }) =>
    void alice.said.push({ room: 'lobby', number: 7, text: 'five' }),
  'a message was stored twice': ({ alice }, records) => {
    records.push(posted('lobby', 7, 'alice', 'four'));
    of(alice, 'room lobby').push('7 alice: four');
  },
};

for (const [fault, make] of Object.entries(faults))
  await test(`it is found that ${fault}`, (t) => {
    const people = sound();
    const records = [...log];
    make(people, records);
    t.not(findings(records, Object.values(people)).length, 0);
    t.end();
  });

function witness(user: string, streams: readonly (readonly string[])[]) {
  const heard: Heard = new Map(streams.map(([stream = '', ...what]) => [stream, what]));
  return { user, heard, said: [] };
}

function of({ heard }: Witness, stream: string): string[] {
  return heard.get(stream) ?? [];
}

function opened(user: string): RawRecord {
  const server = { server: 'one', incarnation: 1 };
  return record(`session:${user}`, 1, 'SessionOpened', { user, session: `s-${user}`, ...server });
}

function member(room: string, user: string) {
  return { room, name: room, user, session: `s-${user}`, server: 'one', incarnation: 1 };
}

function joined(room: string, revision: number, user: string): RawRecord {
  return record(`room:${room}`, revision, 'RoomJoined', member(room, user));
}

function posted(room: string, revision: number, user: string, text: string): RawRecord {
  return record(`room:${room}`, revision, 'MessagePosted', member(room, user), text);
}

function direct(revision: number, from: string, to: string, text: string): RawRecord {
  return record(`direct:${from}:${to}`, revision, 'DirectMessagePosted', { from, to }, text);
}

function record(
  stream: string,
  revision: number,
  type: string,
  data: object,
  text?: string,
): RawRecord {
  const actor = { server: 'one', incarnation: 1 };
  const meta = JSON.stringify({ id: `${stream} ${revision}`, type, actor, data });
  const place = { partition: 0, position: 1, stream, revision, at: 0, meta };
  return text === undefined ? place : { ...place, body: Buffer.from(`\0${text}`) };
}
