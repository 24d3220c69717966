import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import tap, { type Test, test } from 'tap';

import type { ReportData } from '../../../cli/replay/report-data.ts';
import { reportPage } from '../../../cli/replay/report-page.ts';
import { type OpenPage, startBrowser } from '../../support/browser.ts';

const browser = await startBrowser();
tap.teardown(() => browser[Symbol.asyncDispose]());

/** A minute in which so many messages were sent on one of these servers. */
const minute = (servers: readonly string[], messages: number): ReportData => ({
  from: 0,
  lengthMs: 60_000,
  events: messages,
  messages,
  rooms: ['lobby'],
  users: ['alice'],
  servers,
  activity: [{ room: 0, counts: [messages] }],
  lives: servers.map((_, server) => [server, 0, 60_000, 'open']),
  sessions: [[0, 0, 0, 60_000, 'open']],
  stays: [[0, 0, 0, 60_000]],
  setBacks: [],
  leftOut: 0,
});

async function shown(t: Test, data: ReportData): Promise<OpenPage> {
  const file = join(t.testdir({}), 'report.html');
  writeFileSync(file, await reportPage(data));
  return browser.openTab(pathToFileURL(file).href);
}

await test('a line of the chart says how many messages reach it', async (t) => {
  for (const [messages, lines] of [
    [5, ['6', '3']],
    [1, ['2', '1']],
    [8, ['8', '4']],
  ] as const) {
    await using tab = await shown(t, minute(['north'], messages));
    const labels = tab.page.locator('#activity > text[text-anchor=end]');
    t.strictSame(await labels.allTextContents(), lines);
    t.strictSame(tab.complaints, []);
  }
});

await test('long names of servers are cut where they do not differ, and can be had whole', async (t) => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['127.0.0.1-21433', '127.0.0.1-21434'],
      ['127.0.…1-21433', '127.0.…1-21434'],
    ],
    [
      ['chat-1.north.example', 'chat-2.north.example'],
      ['chat-1.north.…', 'chat-2.north.…'],
    ],
    [
      ['a-very-long-name-1.example', 'a-very-long-name-2.example', 'north'],
      ['…ame-1.example', '…ame-2.example', 'north'],
    ],
  ];
  for (const [servers, cut] of cases) {
    await using tab = await shown(t, minute(servers, 1));
    const names = tab.page.locator('#sessions > text.name');
    const whole = servers.map((name, server) => `${cut[server]}${name}`);
    t.strictSame(await names.allTextContents(), whole, 'the title is part of the text');
    t.strictSame(await names.locator('title').allTextContents(), servers);
  }
});

await test('a log that was set back is marked on both charts, and told of with the losses', async (t) => {
  const data = { ...minute(['north'], 1), setBacks: [[30_000, 0, 508]] } satisfies ReportData;
  await using tab = await shown(t, data);
  for (const chart of ['activity', 'sessions'])
    t.strictSame(await tab.page.locator(`#${chart} > text.lost-name`).allTextContents(), [
      'set back',
    ]);
  const legend = await tab.page.locator('#sessions-legend').textContent();
  t.equal(
    legend,
    'No server was lost.The log was set back at 1970-01-01 00:00:30: what it held from position 508 on was lost',
  );
  t.strictSame(tab.complaints, []);
});

await test('the slider begins where most were in rooms', async (t) => {
  const data: ReportData = {
    ...minute(['north'], 1),
    users: ['alice', 'bob'],
    stays: [
      [0, 0, 0, 50_000],
      [0, 1, 5_000, 10_000],
    ],
  };
  for (const [stays, title, moment] of [
    [data.stays, 'lobby2', '1970-01-01 00:00:09'],
    [data.stays.slice(0, 1), 'lobby1', '1970-01-01 00:00:49'],
    [[[0, 0, 0, 60_000]], 'lobby1', '1970-01-01 00:01:00'],
  ] as const) {
    await using tab = await shown(t, { ...data, stays });
    t.strictSame(await tab.page.locator('#rooms h3').allTextContents(), [title]);
    t.equal(await tab.page.locator('#moment').textContent(), moment);
  }
});
