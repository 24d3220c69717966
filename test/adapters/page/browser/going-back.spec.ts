import { test } from 'tap';

import type { Look } from '../../../support/browser.ts';
import { emptyServer } from '../scripted/scenes.ts';
import type { ScriptedChat } from '../scripted/scripted-chat.ts';
import { eventually, fillEntry, logIn, openTalk, visit } from './visit.ts';

const phone: Look = { viewport: { width: 390, height: 844 } };

const twoRooms = (chat: ScriptedChat): void => {
  emptyServer(chat);
  chat.room('Berlin').members.add('alice');
};

await test('on a phone the way back leads from a room to the list, and forward to the room', async (t) => {
  await using it = await visit(twoRooms, phone);
  await logIn(it.page);
  const list = it.page.locator('.talk-item', { hasText: 'Berlin' });
  await openTalk(it.page, 'Berlin');
  t.match(it.page.url(), /#berlin$/);
  await it.page.goBack();
  await list.waitFor();
  await it.page.goForward();
  await it.page.getByRole('heading', { level: 1, name: 'Berlin' }).waitFor();
  await it.page.getByRole('button', { name: 'Back to the list' }).click();
  await list.waitFor();
  await openTalk(it.page, 'lobby');
  await it.page.goBack();
  await list.waitFor();
  t.notMatch(it.page.url(), /#/);
  t.strictSame(it.complaints, []);
});

await test('a room has an address, and the way back leads through the rooms that were open', async (t) => {
  await using it = await visit(twoRooms);
  await it.page.goto(`${it.url}#berlin`);
  await logIn(it.page);
  await it.page.getByRole('heading', { level: 1, name: 'Berlin' }).waitFor();
  await openTalk(it.page, 'lobby');
  await it.page.goBack();
  await it.page.getByRole('heading', { level: 1, name: 'Berlin' }).waitFor();
  await it.page.goForward();
  await it.page.getByRole('heading', { level: 1, name: 'lobby' }).waitFor();
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitem', { name: 'Log out' }).click();
  await it.page.getByText('You are logged out.').waitFor();
  t.notMatch(it.page.url(), /#/);
});

await test('the address of a room that one is not in says so, and joins nothing', async (t) => {
  await using it = await visit(twoRooms);
  await it.page.goto(`${it.url}#garden`);
  await fillEntry(it.page, 'alice', 'password123');
  await it.page.getByText('You are not in garden.').waitFor();
  await eventually('the lobby', async () => it.page.url().endsWith('#lobby'));
  t.equal(it.chat.received.filter(({ type }) => type === 'join').length, 0);
});
