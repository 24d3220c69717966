import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { test } from 'tap';

import type { Look } from '../../../support/browser.ts';
import { busyDay, emptyServer, hardTexts } from '../scripted/scenes.ts';
import {
  axeFaults,
  chosenTheme,
  groundColour,
  isBeside,
  notIsolated,
  overflowing,
} from './in-page.ts';
import { logIn, openTalk, say, visit } from './visit.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

const phone: Look = { viewport: { width: 390, height: 844 } };
/** A tablet upright, and on its side. */
const tablets: readonly Look[] = [
  { viewport: { width: 768, height: 1_024 } },
  { viewport: { width: 1_024, height: 768 } },
];

for (const colorScheme of ['light', 'dark'] as const) {
  await test(`axe finds no serious fault in any part of the ${colorScheme} page`, async (t) => {
    await using it = await visit(busyDay, { colorScheme, reducedMotion: 'reduce' });
    const { page, chat } = it;
    const check = async (what: string): Promise<void> => {
      t.strictSame(await axeFaults(page, axe), [], what);
    };
    await page.getByLabel('User name').waitFor();
    await check('the form');
    await logIn(page);
    await page.getByText('Sleep well.').waitFor();
    chat.refuseNext('say', 'Unavailable', 'Not stored.');
    await say(page, 'refused');
    await page.getByText('Not sent').waitFor();
    const rooms = [{ room: 'lobby', epoch: 'e1', from: 1_000, to: 1_004 }];
    chat.tell('alice', { type: 'gap', reason: 'retention', rooms });
    chat.pass('joined', 'lobby', 'eve');
    await page.getByText('no longer kept').waitFor();
    await page.getByRole('button', { name: /show the members/ }).click();
    await check('a room with its members');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search rooms, people and messages').fill('the');
    await page.locator('.result').first().waitFor();
    await check('a search');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'carol', exact: true }).last().click();
    await check('a person’s menu');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Join or make a room' }).click();
    await page.getByText('reading-circle').waitFor();
    await check('a dialog');
    await page.keyboard.press('Escape');
    chat.say('reading-circle', 'eve', 'Chapter four.');
    await openTalk(page, 'Following');
    await page.getByText('Chapter four.').waitFor();
    await check('what followed users say');
    chat.isUp = false;
    chat.cut();
    await page.getByText('Not connected', { exact: true }).waitFor();
    await check('a lost connection');
  });
}

await test('of a last line the name has less than half, and any text stands beside it', async (t) => {
  await using it = await visit((chat) => {
    busyDay(chat);
    chat.say('lobby', 'mallory-of-the-night-shift', 'שלום');
  });
  await logIn(it.page);
  const line = it.page.locator('.talk-item', { hasText: 'שלום' }).locator('.talk-last');
  await line.waitFor();
  const [whole, author, words] = [
    await line.boundingBox(),
    await line.locator('> :first-child').boundingBox(),
    await line.locator('> :last-child').boundingBox(),
  ];
  if (whole === null || author === null || words === null) throw new Error('The line has no box');
  t.ok(author.x - whole.x < 1 && author.width < whole.width / 2, 'the name is first, and cut');
  t.ok(words.x - author.x - author.width < 8, 'the words begin beside it');
  t.ok(words.width < whole.width / 4, 'and are not at the other side');
});

await test('nothing is wider than a phone, whatever is written', async (t) => {
  for (const scene of [hardTexts, busyDay]) {
    await using it = await visit(scene, phone);
    await logIn(it.page);
    t.strictSame(await overflowing(it.page), [], 'the list');
    await openTalk(it.page, scene === hardTexts ? 'Ein_Raum' : 'lobby');
    await it.page.locator('.message').first().waitFor();
    t.strictSame(await overflowing(it.page), [], 'the messages');
    await it.page.getByRole('button', { name: /show the members/ }).click();
    t.strictSame(await overflowing(it.page), [], 'the members');
  }
});

await test('on a phone every screen has one main part and one first heading, and no serious fault', async (t) => {
  await using it = await visit(busyDay, phone);
  const check = async (what: string): Promise<void> => {
    t.equal(await it.page.getByRole('main').count(), 1, `main: ${what}`);
    t.equal(await it.page.getByRole('heading', { level: 1 }).count(), 1, `heading: ${what}`);
    t.strictSame(await axeFaults(it.page, axe), [], what);
  };
  await logIn(it.page);
  await check('the list');
  await openTalk(it.page, 'lobby');
  await it.page.getByText('Sleep well.').waitFor();
  await check('a room');
  await it.page.getByRole('button', { name: /show the members/ }).click();
  await it.page.getByText(/^Here, /).waitFor();
  await check('the members');
});

await test('on a tablet a panel stands beside the messages and the composer, and hides nothing of them', async (t) => {
  for (const tablet of tablets) {
    await using it = await visit(hardTexts, tablet);
    await logIn(it.page);
    await openTalk(it.page, 'Ein_Raum');
    await it.page.locator('.message').first().waitFor();
    const check = async (what: string): Promise<void> => {
      await it.page.getByRole('complementary', { name: what }).waitFor();
      t.ok(await isBeside(it.page, '.stage', '.panel'), `${what} at ${tablet.viewport?.width}`);
      t.strictSame(await overflowing(it.page), [], what);
      t.strictSame(await axeFaults(it.page, axe), [], what);
      t.equal(await it.page.getByRole('main').count(), 1, what);
    };
    await it.page.getByRole('button', { name: /show the members/ }).click();
    await check('Members');
    await say(it.page, 'sent beside the panel');
    await it.page.locator('.message', { hasText: 'sent beside the panel' }).waitFor();
    await it.page.keyboard.press('Control+k');
    await check('Search');
  }
});

await test('what somebody wrote turns nothing around it, whatever its direction', async (t) => {
  await using it = await visit(hardTexts);
  await logIn(it.page);
  await openTalk(it.page, 'Ein_Raum');
  const row = it.page.locator('.message', { hasText: 'reversed by an override' });
  await row.waitFor();
  t.strictSame(await notIsolated(it.page), []);
});

await test('on a phone one goes from the list to a room and back', async (t) => {
  await using it = await visit(emptyServer, phone);
  await logIn(it.page);
  t.equal(await it.page.locator('.stage').isVisible(), false);
  await it.page.locator('.talk-item', { hasText: 'lobby' }).click();
  await it.page.getByRole('heading', { level: 1, name: 'lobby' }).waitFor();
  t.equal(await it.page.locator('.sidebar').isVisible(), false);
  await it.page.getByRole('button', { name: 'Back to the list' }).click();
  await it.page.locator('.talk-item', { hasText: 'lobby' }).waitFor();
});

await test('the appearance that was chosen outlives the tab', async (t) => {
  await using it = await visit(emptyServer, { colorScheme: 'light' });
  await logIn(it.page);
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitemradio', { name: 'Dark' }).click();
  const ground = () => groundColour(it.page);
  const dark = await ground();
  await it.page.reload();
  await it.page.locator('.chat').waitFor();
  t.equal(await ground(), dark);
  t.equal(await chosenTheme(it.page), 'dark');
});
