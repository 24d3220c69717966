import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { FindingKind } from './finding.ts';
import type { RawRecord } from './log-dump.ts';
import { formatReport } from './report.ts';
import { Story } from './story.ts';
import { expectFindings, judge, lineOf, placed } from './verdict.ts';

/** Alice and bob in the lobby, and two messages, the last records of the log. */
function lobby(): Story {
  const story = new Story();
  story.login('alice');
  story.login('bob');
  story.say('alice', 'm1');
  story.say('alice', 'm2');
  return story;
}

await test('P6: two open sessions of a user are found', async () => {
  const story = lobby();
  const { session } = story.client('bob');
  const second = { user: 'bob', session: 'second', server: 'one', incarnation: 1 };
  const opened = story.log.append('session:bob', { type: 'SessionOpened', data: second });
  await expectFindings(story, ['P6 twoSessions', placed(opened)]);
  const third = { ...second, session };
  const again = story.log.append('session:bob', { type: 'SessionOpened', data: third });
  await expectFindings(
    story,
    ['P6 sessionTwice', placed(again)],
    ['P6 twoSessions', placed(opened)],
    ['P6 twoSessions', placed(again)],
  );
});

await test("P6: a server's end, a takeover and a logout end sessions", async (t) => {
  for (const end of ['ServerLost', 'ServerStopped'] as const) {
    const story = lobby();
    story.start('two');
    story.end('one', end);
    story.login('bob', { on: 'two' });
    story.start('one');
    story.login('bob', { on: 'one', takeover: true });
    story.login('alice');
    story.say('alice', 'm3');
    story.sweep();
    story.logout('bob');
    story.login('bob', { on: 'two' });
    t.ok((await judge(story)).ok);
  }
});

await test('P6: a session that was opened for nobody is not taken for that of a silent client', async (t) => {
  const story = lobby();
  const { log, clock } = story;
  const at = clock.tick();
  const data = { user: 'dave', session: 'session-of-nobody', server: 'one', incarnation: 2 };
  log.append('session:dave', { type: 'SessionOpened', data });
  log.append('room:lobby', { type: 'RoomJoined', data: { room: 'lobby', name: 'lobby', ...data } });
  log.append('room:lobby', { type: 'RoomLeft', data: { room: 'lobby', ...data } });
  log.append('session:dave', { type: 'SessionClosed', data: { ...data, reason: 'disconnected' } });
  story.login('dave');
  const { events = [] } = story.histories.find(({ client }) => client === 'dave') ?? {};
  const login = events.findIndex(({ kind }) => kind === 'login');
  events.splice(login, 1, { kind: 'login', user: 'dave', takeover: false, connection: 1, at });
  story.join('dave', 'attic');
  const { findings } = await judge(story, { notices: false });
  t.strictSame(findings, []);
});

await test('P6: a welcome for which the log has no session is found', async () => {
  const story = lobby();
  const [, history] = story.histories;
  const stamp = { connection: 2, at: story.clock.tick() };
  history?.add({ ...stamp, kind: 'login', user: 'bob', takeover: false });
  history?.add({ ...stamp, kind: 'welcome', user: 'bob', room: 'lobby' });
  const place = { client: 'bob', connection: 2, line: lineOf(story, 'bob', { kind: 'welcome' }) };
  await expectFindings(story, ['P6 welcomeWithoutSession', place]);
});

await test('P6: a message posted by another session than its connection had is found', async () => {
  const story = lobby();
  const { session } = story.client('alice');
  story.say('alice', 'm3', { answer: 'none' });
  const other = story.client('bob').session;
  story.log.spoil(-1, ({ meta }) => ({ meta: meta.replace(session, other) }));
  await expectFindings(story, ['P6 postedByOtherSession', placed(story.log.withText('m3'))]);
});

await test('P5: a message of a session that its server has lost is found', async () => {
  const story = lobby();
  const { session } = story.client('alice');
  story.say('alice', 'late', { stored: 0, answer: 'none' });
  story.end('one');
  const data = { room: 'lobby', user: 'alice', session };
  const late = story.log.append('room:lobby', { type: 'MessagePosted', data }, 'late');
  await expectFindings(story, ['P5 postedByStranger', placed(late)]);
});

await test('log: holes, falling time, repeated ids and damage are found', async (t) => {
  const spoils: [FindingKind, (record: RawRecord) => Partial<RawRecord>][] = [
    ['positionHole', ({ position }) => ({ position: position + 1 })],
    ['revisionHole', ({ revision }) => ({ revision: revision + 1 })],
    ['timeFalls', () => ({ at: 3 })],
    ['idTwice', ({ meta }) => ({ meta: meta.replace(/"id":"[^"]*"/, '"id":"id-1"') })],
    ['badRecord', () => ({ meta: '{}' })],
    ['badBody', () => ({ body: Buffer.from('\0other') })],
    ['wrongStream', () => ({ stream: 'room:attic', revision: 1 })],
  ];
  for (const [kind, change] of spoils) {
    const story = lobby();
    story.log.spoil(-1, change);
    const { findings } = await judge(story);
    t.has(findings[0], { promise: 'log', kind, partition: 0 });
  }
});

await test('log: a record that is gone leaves a hole at its place', async () => {
  const story = lobby();
  const [gone] = story.log.records.splice(4, 1);
  await expectFindings(
    story,
    ['log positionHole', { position: (gone?.position ?? 0) + 1 }],
    ['P6 welcomeWithoutSession', { client: 'bob' }],
  );
});

await test('log: epochs that do not follow one another are found', async () => {
  const story = lobby();
  const follows = { epoch: 'epoch-2', previous: 'epoch-1', from: 9 };
  story.log.append('epoch', { type: 'EpochStarted', data: follows });
  const astray = { epoch: 'epoch-4', previous: 'epoch-3', from: 10 };
  const started = story.log.append('epoch', { type: 'EpochStarted', data: astray });
  await expectFindings(story, ['log wrongEpoch', placed(started)]);
});

await test('log: a record by an incarnation that has ended is found', async () => {
  const story = lobby();
  story.end('one');
  const data = { user: 'eve' };
  const late = story.log.append('account:eve', { type: 'AccountSuspended', data });
  const tool = '"server":"tool","incarnation":0';
  const ended = '"server":"one","incarnation":1';
  story.log.spoil(-1, ({ meta }) => ({ meta: meta.replace(tool, ended) }));
  await expectFindings(story, ['log appendedAfterEnd', placed(late)]);
});

await test('the report names every finding, its client, line and position', async (t) => {
  const story = lobby();
  story.say('alice', 'm3', { answer: 'error' });
  const text = formatReport(await judge(story));
  t.match(text, /^clients: 2, connections: 2, sent: 3, ok: 2, refused: 1, unknown: 0/);
  t.match(text, /^P1: nothing found$/m);
  t.match(text, /^P2: refusedStored 1$/m);
  const { position } = story.log.withText('m3');
  const line = lineOf(story, 'alice', { kind: 'error' });
  const place = `client alice, connection 1, line ${line}; partition 0, position ${position}`;
  t.ok(text.includes(`refusedStored (${place}): "m3" is in the log although`), text);
});

await test('the checker shares no code with what it judges', async (t) => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.js'));
  t.ok(files.includes('checker.js'));
  for (const name of files) {
    const source = readFileSync(join(import.meta.dirname, name), 'utf8');
    for (const [, from = ''] of source.matchAll(/\bfrom\s*'([^']+)'/g))
      t.notMatch(from, /\b(core|adapters|server|cli)\//, `${name} imports ${from}`);
  }
});
