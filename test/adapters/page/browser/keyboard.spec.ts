import { test } from 'tap';

import { busyDay } from '../scripted/scenes.ts';
import { focusedLabel, isFocusInDialog } from './in-page.ts';
import { eventually, logIn, openTalk, showsLast, visit } from './visit.ts';

await test('the arrow keys go through what followed users say, and Enter to who said it', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  for (const text of ['Chapter four.', 'And five.']) it.chat.say('reading-circle', 'eve', text);
  await openTalk(it.page, 'Following');
  await it.page.getByRole('region', { name: 'Messages' }).focus();
  await it.page.keyboard.press('ArrowUp');
  t.match(await focusedLabel(it.page), /^eve in reading-circle, .*: And five\.$/);
  await it.page.keyboard.press('ArrowUp');
  t.match(await focusedLabel(it.page), /Chapter four\.$/);
  await it.page.keyboard.press('ArrowDown');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('menuitem', { name: 'Stop following' }).waitFor();
  await it.page.keyboard.press('Escape');
  t.match(await focusedLabel(it.page), /And five\.$/);
  await it.page.keyboard.press('ArrowDown');
  t.equal(await focusedLabel(it.page), 'User name to follow');
});

await test('all of it is done without a mouse', async (t) => {
  await using it = await visit(busyDay);
  const { keyboard } = it.page;
  const focus = () => focusedLabel(it.page);
  const focusOn = (label: string) =>
    eventually(`the focus on ${label}`, async () => (await focus()) === label);

  await it.page.getByLabel('User name').waitFor();
  await keyboard.type('alice');
  await keyboard.press('Tab');
  await keyboard.type('password123');
  await keyboard.press('Enter');
  await showsLast(it.page, 'Same here, and the order was the same on both screens.');
  await focusOn('Message to lobby');
  await keyboard.type('by hand');
  await keyboard.press('Enter');
  await showsLast(it.page, 'by hand');

  // To the message before one's own, and to its author's menu.
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  t.match(await focus(), /^carol, .*both screens/);
  await keyboard.press('Enter');
  await it.page.getByRole('menu', { name: 'carol' }).waitFor();
  await keyboard.press('Enter');
  await eventually('the follow', () => it.chat.users.get('alice')?.following.has('carol') === true);
  await eventually(
    'the focus to come back',
    async () => (await focus())?.startsWith('carol') === true,
  );
  await keyboard.press('Escape');
  await focusOn('Message to lobby');

  await keyboard.press('Alt+ArrowDown');
  await it.page.getByRole('heading', { level: 1, name: 'Design' }).waitFor();
  await keyboard.press('Alt+j');
  await it.page.getByRole('dialog', { name: 'Join or make a room' }).waitFor();
  await keyboard.type('reading-circle');
  await keyboard.press('Enter');
  await it.page.getByRole('heading', { level: 1, name: 'reading-circle' }).waitFor();
  await focusOn('Message to reading-circle');

  await keyboard.press('Control+k');
  await focusOn('Search rooms, people and messages');
  await keyboard.type('certificate');
  await keyboard.press('Enter');
  await it.page.locator('.message.found', { hasText: 'Who looks at the certificate' }).waitFor();
  await keyboard.press('Control+k');
  await focusOn('Search rooms, people and messages');
  await keyboard.press('Alt+m');
  await it.page.getByRole('complementary', { name: 'Members' }).waitFor();
  await keyboard.press('Escape');
  await eventually('the panel to close', async () => {
    return (await it.page.getByRole('complementary').count()) === 0;
  });
  t.strictSame(it.complaints, []);
});

await test('a dialog keeps the focus, closes with Escape, and gives it back', async (t) => {
  await using it = await visit(busyDay);
  await it.page.getByLabel('User name').fill('alice');
  await it.page.getByLabel('Password', { exact: true }).fill('password123');
  await it.page.keyboard.press('Enter');
  const opener = it.page.getByRole('button', { name: 'Join or make a room' });
  await opener.focus();
  await it.page.keyboard.press('Enter');
  const dialog = it.page.getByRole('dialog');
  await dialog.getByText('reading-circle').waitFor();
  for (let press = 0; press < 12; press++) {
    await it.page.keyboard.press('Tab');
    t.ok(await isFocusInDialog(it.page), 'inside of the dialog');
  }
  await it.page.keyboard.press('Escape');
  await eventually('the dialog to close', async () => (await dialog.count()) === 0);
  t.equal(await focusedLabel(it.page), 'Join or make a room');
});
