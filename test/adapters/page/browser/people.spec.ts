import type { Page } from 'playwright-core';
import { test } from 'tap';

import { busyDay, emptyServer } from '../scripted/scenes.ts';
import { eventually, logIn, openTalk, say, showsLast, visit } from './visit.ts';

await test('a user is followed from their name, and what they say elsewhere has its room', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await it.page.getByRole('button', { name: 'carol', exact: true }).last().click();
  await it.page.getByRole('menuitem', { name: 'Follow' }).click();
  await eventually('the follow', () => it.chat.users.get('alice')?.following.has('carol') === true);
  it.chat.room('Berlin').members.add('carol');
  it.chat.say('Berlin', 'carol', 'moin');
  await it.page.locator('.talk-item', { hasText: 'Following' }).getByText('1 unread').waitFor();
  await openTalk(it.page, 'Following');
  const row = it.page.locator('.message', { hasText: 'moin' });
  t.match(await row.locator('.subbed').textContent(), /Subbed.*Berlin/);
  await row.locator('.subbed').click();
  await it.page.getByRole('heading', { level: 1, name: 'Berlin' }).waitFor();
  await showsLast(it.page, 'moin');
});

await test('somebody is followed by name, and no more', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await openTalk(it.page, 'Following');
  await it.page.getByLabel('User name to follow').fill('nobody-here');
  await it.page.keyboard.press('Enter');
  await it.page.getByText('There is no user nobody-here.').waitFor();
  await it.page.getByRole('button', { name: 'eve', exact: true }).click();
  await it.page.getByRole('menuitem', { name: 'Stop following' }).click();
  await it.page.getByText('You follow nobody yet').waitFor();
  t.equal(it.chat.users.get('alice')?.following.size, 0);
});

await test('two people write to each other, and nobody else reads it', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  it.chat.write('bob', 'alice', 'Do you have a minute?');
  const item = it.page.locator('.talk-item', { hasText: 'Do you have a minute?' });
  await item.getByText('1 unread').waitFor();
  await item.click();
  await showsLast(it.page, 'Do you have a minute?');
  await say(it.page, 'Two.');
  await showsLast(it.page, 'Do you have a minute?', 'Two.');
  t.match(it.chat.directs.at(-1), { from: 'alice', to: 'bob', text: 'Two.' });
});

await test('past conversations are in the list after a login, with what was said last', async (t) => {
  await using it = await visit(busyDay);
  const minuteAgo = Date.now() - 60_000;
  it.chat.write('bob', 'alice', 'Lunch on Friday?', minuteAgo);
  it.chat.write('alice', 'bob', 'Gladly.', minuteAgo);
  it.chat.write('carol', 'alice', 'The cake is gone.');
  it.chat.account('alice').read.set('bob', 1).set('carol', 3);
  await logIn(it.page);
  const items = it.page.locator('.talk-list', { hasText: 'Direct messages' }).locator('.talk-item');
  await items.nth(1).waitFor();
  t.match(await items.first().textContent(), /carol.*The cake is gone\./);
  t.match(await items.nth(1).textContent(), /bob.*You:.*Gladly\./);
  t.equal(await items.locator('.badge').count(), 0);
  await items.nth(1).click();
  await showsLast(it.page, 'Lunch on Friday?', 'Gladly.');
  t.equal(it.chat.received.filter(({ type }) => type === 'conversations').length, 1);
});

await test('what was not read of a conversation is unread at the next login, until it is', async (t) => {
  await using it = await visit(busyDay);
  it.chat.write('bob', 'alice', 'Lunch on Friday?');
  await logIn(it.page);
  it.chat.write('carol', 'alice', 'The cake is gone.');
  const item = (name: string) => it.page.locator('.talk-item', { hasText: name });
  await item('The cake is gone.').getByText('1 unread').waitFor();
  await item('Lunch on Friday?').getByText('1 unread').waitFor();
  await logOut(it.page);
  await logIn(it.page);
  await item('The cake is gone.').getByText('1 unread').waitFor();
  await item('Lunch on Friday?').getByText('1 unread').click();
  await showsLast(it.page, 'Lunch on Friday?');
  await eventually('the mark', () => it.chat.users.get('alice')?.read.get('bob') === 1);
  await logOut(it.page);
  await logIn(it.page);
  await item('The cake is gone.').getByText('1 unread').waitFor();
  t.equal(await item('Lunch on Friday?').locator('.badge').count(), 0);
  t.strictSame(
    it.chat.received.flatMap((frame) => (frame.type === 'read' ? (frame.peer ?? []) : [])),
    ['bob'],
    'nothing but what was read is marked',
  );
});

await test('a conversation is begun by name, and a name that nobody has is told and let go', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await it.page.getByRole('button', { name: 'Write to somebody' }).click();
  await it.page.getByLabel('User name').fill('bob');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('heading', { level: 1, name: 'bob' }).waitFor();
  await say(it.page, 'Are you there?');
  await it.page.getByText('Not sent. There is no user bob.').waitFor();
  t.equal(await it.page.getByText('messages wait for them').count(), 0, 'nobody knows that');
  const item = it.page.locator('.talk-item', { hasText: 'bob' });
  await openTalk(it.page, 'lobby');
  t.equal(await item.count(), 1, 'what failed can be sent again');
  await item.click();
  await it.page.getByRole('button', { name: 'Discard' }).click();
  await openTalk(it.page, 'lobby');
  await eventually('the empty conversation to go', async () => (await item.count()) === 0);
});

await test('members are there and gone as they come and go, in a quiet line', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await it.page.getByRole('button', { name: /show the members/ }).click();
  const here = it.page.locator('.people').first();
  const names = () => here.locator('bdi').allTextContents();
  t.strictSame(await names(), ['alice', 'bob', 'carol', 'dave', 'mallory-of-the-night-shift']);
  it.chat.pass('joined', 'lobby', 'eve');
  it.chat.pass('left', 'lobby', 'dave');
  await it.page.getByText('eve joined, dave left').waitFor();
  it.chat.depart('lobby', ['bob', 'carol']);
  await it.page.getByText('bob and carol lost the connection').waitFor();
  t.strictSame(await names(), ['alice', 'eve', 'mallory-of-the-night-shift']);
});

await test('a room is made by name, is in the list, and can be left', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await it.page.getByRole('button', { name: 'Join or make a room' }).click();
  await it.page.getByLabel('Room name').fill('no spaces, please');
  await it.page.keyboard.press('Enter');
  await it.page.getByText('is no room name').waitFor();
  await it.page.getByLabel('Room name').fill('Straße');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('heading', { level: 1, name: 'Straße' }).waitFor();
  t.equal(await it.page.locator('.talk-item', { hasText: 'Straße' }).count(), 1);
  await it.page.getByRole('button', { name: 'About this room' }).click();
  await it.page.getByRole('menuitem', { name: 'Leave the room' }).click();
  await it.page.getByText('Choose a room, or make one').waitFor();
  t.equal(await it.page.locator('.talk-item', { hasText: 'Straße' }).count(), 0);
});

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /account and settings/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('User name').waitFor();
}
