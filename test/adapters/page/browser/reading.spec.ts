import type { Page } from 'playwright-core';
import { test } from 'tap';

import { shownEntriesMax } from '../../../../adapters/page/state/shown.ts';
import { roomOf } from '../scripted/scenes.ts';
import type { ScriptedChat } from '../scripted/scripted-chat.ts';
import { drawn, rowsInSight, toEndPx } from './in-page.ts';
import { eventually, logIn, messages, openTalk, say, showsLast, visit } from './visit.ts';

/** Some reach a page of history, others wait for it to be drawn. */
const wheelsMax = 2_000;

/** Less is not seen: what is put back is put on whole pixels. */
const jumpPx = 8;

const allRead = (count: number) => (chat: ScriptedChat) => {
  roomOf(chat, 'lobby', count);
  chat.room('lobby').read.set('alice', count);
};

await test('the day that one reads stays in sight, also in the middle of it', async (t) => {
  await using it = await visit((chat) => roomOf(chat, 'lobby', 1_500));
  await logIn(it.page);
  await it.page.locator('.message').first().waitFor();
  const day = it.page.locator('.day-above');
  await day.waitFor();
  const last = await day.textContent();
  await it.page.mouse.move(700, 400);
  await eventually('the day before', async () => {
    await it.page.mouse.wheel(0, -3_000);
    const shown = (await day.count()) === 0 ? last : await day.textContent();
    return shown !== last;
  });
  t.match(await day.textContent(), /Yesterday|Today|day, /);
});

await test('500 messages are scrolled back through, and nothing jumps', async (t) => {
  await using it = await visit(allRead(500));
  await logIn(it.page);
  await it.page.getByText('Message 500', { exact: true }).first().waitFor();
  await it.page.mouse.move(700, 400);
  const steps: Step[] = [];
  for (let seen = 500; seen > 1;) {
    const before = await rowsInSight(it.page);
    await it.page.mouse.wheel(0, -600);
    await drawn(it.page);
    const after = await rowsInSight(it.page);
    steps.push(stepOf(before, after));
    seen = Math.min(...after.keys());
    if (steps.length > wheelsMax) throw new Error(`Still at ${seen}`);
  }
  // A wheel's way is what everything in sight goes, all of it the same way, and no further.
  const jumps = steps.filter(
    ({ least, most }) => most - least > 2 || least < -2 || most > 600 + jumpPx,
  );
  t.strictSame(jumps, []);
  t.ok(steps.length > 20, `${steps.length} steps`);
  await it.page.getByText('This is where the room begins').waitFor();
  t.strictSame(it.complaints, []);
});

await test('what comes while one reads back moves nothing, and is one step away', async (t) => {
  await using it = await visit(allRead(500));
  await logIn(it.page);
  await it.page.getByText('Message 500', { exact: true }).first().waitFor();
  await it.page.mouse.move(700, 400);
  await it.page.mouse.wheel(0, -900);
  await it.page.getByRole('button', { name: 'To the end' }).waitFor();
  await settled(it.page);
  const before = await rowsInSight(it.page);
  it.chat.say('lobby', 'bob', 'something new');
  await it.page.getByRole('button', { name: 'To the end: 1 unread' }).waitFor();
  const { least, most } = stepOf(before, await rowsInSight(it.page));
  t.strictSame([least, most], [0, 0]);
  await it.page.getByRole('button', { name: 'To the end: 1 unread' }).click();
  await it.page.getByText('something new').last().waitFor();
  await eventually('the mark', () => it.chat.room('lobby').read.get('alice') === 501);
});

for (const wheelPx of [900, 20_000])
  await test(`whoever has read back by ${wheelPx} pixels sees what they send themselves`, async (t) => {
    await using it = await visit(allRead(800));
    await logIn(it.page);
    await it.page.getByText('Message 800', { exact: true }).first().waitFor();
    await it.page.mouse.move(700, 400);
    // Far enough that the newest is no longer on the page, or just out of sight.
    const isThere = async () =>
      wheelPx < 1_000
        ? (await toEndPx(it.page)) > 300
        : (await it.page.locator('[data-row="message:800"]').count()) === 0;
    await wheelUntil(it.page, -wheelPx, isThere);
    it.chat.refuseNext('say', 'Unavailable', 'Not stored.');
    await say(it.page, 'in reply');
    const again = it.page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await eventually('the end', async () => (await toEndPx(it.page)) < 2);
    await wheelUntil(it.page, -wheelPx, isThere);
    await it.page.getByRole('button', { name: 'To the end: not sent' }).click();
    await again.click();
    await showsLast(it.page, 'in reply');
    await eventually('the end', async () => (await toEndPx(it.page)) < 2);
    t.strictSame(it.complaints, []);
  });

await test('whoever is at the end stays there, and what is seen is read', async (t) => {
  await using it = await visit(allRead(100));
  await logIn(it.page);
  await it.page.getByText('Message 100', { exact: true }).first().waitFor();
  it.chat.say('lobby', 'bob', 'one\nof\nmany\nlines');
  it.chat.say('lobby', 'carol', 'and another');
  await showsLast(it.page, 'one\nof\nmany\nlines', 'and another');
  await drawn(it.page);
  t.ok((await toEndPx(it.page)) < 2, 'at the end');
  await eventually('the mark', () => it.chat.room('lobby').read.get('alice') === 102);
});

await test('5,000 messages open as fast as a hundred, and all can be reached', async (t) => {
  await using it = await visit(allRead(5_000));
  await logIn(it.page);
  await it.page.getByText('Message 5000', { exact: true }).first().waitFor();
  t.ok((await messages(it.page).count()) <= 200, 'only some are on the page');
  await it.page.mouse.move(700, 400);
  await wheelUntil(it.page, -20_000, async () => (await rowsInSight(it.page)).has(1));
  t.ok((await messages(it.page).count()) <= shownEntriesMax, 'what is far away makes way');
  it.chat.say('lobby', 'bob', 'something new');
  await it.page.getByRole('button', { name: 'To the end: 1 unread' }).click();
  await showsLast(it.page, 'something new');
  t.ok((await toEndPx(it.page)) < 2, 'at the end');
});

await test('whoever has read back comes forward again, and nothing jumps or is left out', async (t) => {
  await using it = await visit(allRead(800));
  await logIn(it.page);
  await it.page.getByText('Message 800', { exact: true }).first().waitFor();
  await it.page.mouse.move(700, 400);
  await wheelUntil(it.page, -20_000, async () => (await rowsInSight(it.page)).has(1));
  const seen = new Set<number>();
  const steps: Step[] = [];
  let before = await rowsInSight(it.page);
  await wheelUntil(it.page, 500, async () => {
    const after = await rowsInSight(it.page);
    steps.push(stepOf(before, after));
    for (const row of after.keys()) seen.add(row);
    before = after;
    return seen.has(800);
  });
  t.strictSame(
    steps.filter(({ least, most }) => most - least > 2 || most > 2 || least < -500 - jumpPx),
    [],
  );
  const all = Array.from({ length: 800 }, (_, index) => index + 1);
  t.strictSame(
    all.filter((row) => !seen.has(row)),
    [],
  );
});

await test('what is unread is counted, begins behind a line, and is read when it is seen', async (t) => {
  await using it = await visit((chat) => {
    roomOf(chat, 'lobby', 20);
    roomOf(chat, 'Berlin', 40);
    chat.room('lobby').read.set('alice', 20);
    chat.room('Berlin').read.set('alice', 31);
  });
  await logIn(it.page);
  const unread = 9;
  await it.page
    .locator('.talk-item', { hasText: 'Berlin' })
    .getByText(`${unread} unread`)
    .waitFor();
  t.equal(await it.page.title(), `(${unread}) SecureChat`);
  await openTalk(it.page, 'Berlin');
  const row = it.page.locator('.new-line + .message, .new-line + * + .message').first();
  await row.waitFor();
  t.match(await row.textContent(), 'Message 32');
  await eventually('the mark', () => it.chat.room('Berlin').read.get('alice') === 40);
  t.equal(await it.page.title(), 'SecureChat');
});

await test('what was searched for is found, and shown where it was said', async (t) => {
  await using it = await visit(allRead(300));
  await logIn(it.page);
  await it.page.getByText('Message 300', { exact: true }).first().waitFor();
  await it.page.keyboard.press('Control+k');
  await it.page.getByLabel('Search rooms, people and messages').fill('message 230');
  await it.page.locator('.result').click();
  const found = it.page.locator('.message.found');
  await found.waitFor();
  t.match(await found.textContent(), 'Message 230');
  const box = await found.boundingBox();
  t.ok(box !== null && box.y > 60 && box.y < 740, 'it is in sight');
});

async function wheelUntil(page: Page, byPx: number, isThere: () => Promise<boolean>) {
  for (let wheels = 0; !(await isThere()); wheels++) {
    if (wheels > wheelsMax) throw new Error('What is looked for does not come in sight');
    await page.mouse.wheel(0, byPx);
    await drawn(page);
  }
}

interface Step {
  readonly least: number;
  readonly most: number;
}

/** How far rows that are in sight before and after have moved. */
function stepOf(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): Step {
  const ways = [...before].flatMap(([row, top]) => {
    const now = after.get(row);
    return now === undefined ? [] : [Math.round(now - top)];
  });
  return { least: Math.min(...ways), most: Math.max(...ways) };
}

/** Waits until nothing moves any more. */
async function settled(page: Page): Promise<void> {
  let before = await rowsInSight(page);
  await eventually('the messages to rest', async () => {
    await drawn(page);
    const after = await rowsInSight(page);
    const { least, most } = stepOf(before, after);
    before = after;
    return least === 0 && most === 0;
  });
}
