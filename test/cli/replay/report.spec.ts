import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { decodeRecord } from '../../../adapters/record-codec.ts';
import { type ReportData, ReportGatherer } from '../../../cli/replay/report-data.ts';
import { reportPage } from '../../../cli/replay/report-page.ts';
import type { ChatEvent } from '../../../core/event.ts';
import { emptyChat } from '../../../core/views/chat.ts';
import { evolveWholeChat } from '../../../core/views/whole-chat.ts';
import { rule } from '../../support/given.ts';
import { beginsAt, historyOf, joins, says, type Written } from '../../support/memory-history.ts';

const told = (stream: string, event: ChatEvent, afterMs = 0): Written => ({
  stream,
  event,
  afterMs,
});

const opens = (user: string): Written =>
  told(`session:${user}`, {
    type: 'SessionOpened',
    data: { user, session: `${user}1`, server: 'north', incarnation: 1 },
  });

const north = { server: 'north', incarnation: 1 };

async function gathered(writing: readonly Written[], lengthMs: number): Promise<ReportData> {
  const source = await historyOf(writing);
  const view = emptyChat();
  const gatherer = new ReportGatherer(view, { from: beginsAt, to: beginsAt + lengthMs });
  for (const stored of await source.readStored(0, 1, 1_000)) {
    gatherer.take(view, decodeRecord(stored));
    evolveWholeChat(view, decodeRecord(stored));
  }
  return gatherer.result();
}

rule(
  'sessions and stays are from when to when; what a lost server held is lost with it',
  async () => {
    const data = await gathered(
      [
        told('server:north', { type: 'ServerStarted', data: north }),
        opens('alice'),
        joins('alice'),
        opens('bob'),
        joins('bob'),
        told(
          'room:lobby',
          { type: 'RoomLeft', data: { room: 'lobby', user: 'alice', session: 'alice1' } },
          100,
        ),
        told('session:alice', {
          type: 'SessionClosed',
          data: { user: 'alice', session: 'alice1', reason: 'logout' },
        }),
        told('server:north', { type: 'ServerLost', data: north }, 200),
        opens('carol'),
      ],
      1_000,
    );
    const { users, servers, rooms } = data;
    deepStrictEqual(
      data.sessions.map(([user, server, ...rest]) => [users[user], servers[server], ...rest]),
      [
        ['alice', 'north', 0, 100, 'over'],
        ['bob', 'north', 0, 300, 'lost'],
        ['carol', 'north', 300, 1_000, 'open'],
      ],
    );
    deepStrictEqual(
      data.stays.map(([room, user, ...rest]) => [rooms[room], users[user], ...rest]),
      [
        ['lobby', 'alice', 0, 100],
        ['lobby', 'bob', 0, 300],
      ],
    );
    deepStrictEqual(data.lives, [[0, 0, 300, 'lost']]);
  },
);

rule(
  'a log that was set back tells when, and from which place on what it held was lost',
  async () => {
    const { setBacks } = await gathered(
      [
        joins('alice'),
        told(
          'epoch',
          { type: 'EpochStarted', data: { epoch: 'e2', previous: 'e1', from: 3 } },
          500,
        ),
      ],
      1_000,
    );
    deepStrictEqual(setBacks, [[500, 0, 3]]);
  },
);

rule('messages are counted by room and part of the time, the busiest room first', async () => {
  const talk = [joins('alice'), ...[0, 10, 940, 9].map((ms) => says('alice', 'x', ms))];
  const { activity, messages } = await gathered(talk, 960);
  const counts = activity[0]?.counts ?? [];
  deepStrictEqual([messages, counts[0], counts[1], counts[95]], [4, 1, 1, 2]);
});

rule(
  'the page asks nobody for anything, and nothing in it can end the place where it stands',
  async () => {
    const evil = '</script><script>alert(1)</script>';
    const data = await gathered([joins('alice'), opens(evil)], 1_000);
    const page = await reportPage(data);
    match(page, /^<!-- Names of people and rooms in plain text[^\n]* -->\n<!doctype html>/);
    ok(!page.includes(evil), 'a name stands in it as it is');
    ok(
      !/(?:src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/.test(page),
      'it names an address',
    );
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const program = page.slice(page.lastIndexOf('<script>') + 8, page.lastIndexOf('</script>'));
    const style = page.slice(page.indexOf('<style>') + 7, page.indexOf('</style>'));
    for (const [kind, text] of [
      ['script', program],
      ['style', style],
    ] as const)
      ok(policy.includes(`${kind}-src 'sha256-${hash('sha256', text, 'base64')}'`), kind);
    match(policy, /^default-src 'none';/);
  },
);
