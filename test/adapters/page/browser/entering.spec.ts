import { test } from 'tap';

import { emptyServer } from '../scripted/scenes.ts';
import { focusedName, keptElsewhere, sessionKept } from './in-page.ts';
import {
  eventually,
  fillEntry,
  logIn,
  openAnother,
  openTalk,
  say,
  showsLast,
  visit,
} from './visit.ts';

await test('whoever logs in is in the lobby, and their secret is in this tab alone', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await it.page.getByRole('heading', { level: 1, name: 'lobby' }).waitFor();
  await it.page.getByText('The first word is yours').waitFor();
  const kept = await sessionKept(it.page);
  t.match(kept, /token-alice/);
  t.notMatch(kept, /password123/);
  t.notMatch(await keptElsewhere(it.page), /token-alice|password123/);
  t.strictSame(it.complaints, []);
});

await test('a wrong password is refused in words, and is to be typed again', async (t) => {
  await using it = await visit(emptyServer);
  await fillEntry(it.page, 'alice', 'wrong-password');
  await it.page.getByText('Invalid credentials.').waitFor();
  t.equal(await focusedName(it.page), 'password');
  t.equal(await it.page.getByLabel('User name').inputValue(), 'alice');
  await it.page.keyboard.type('password123');
  await it.page.keyboard.press('Enter');
  await it.page.locator('.chat').waitFor();
  t.strictSame(it.complaints, []);
});

await test('the fields say to a password manager what they are', async (t) => {
  await using it = await visit(emptyServer);
  const fields = async (): Promise<readonly (string | null)[]> => {
    const inputs = await it.page.locator('form input').all();
    return Promise.all(inputs.map((input) => input.getAttribute('autocomplete')));
  };
  t.strictSame(await fields(), ['username', 'current-password']);
  await it.page.getByRole('button', { name: 'Make an account' }).click();
  await it.page.getByRole('heading', { name: 'Make an account' }).waitFor();
  t.strictSame(await fields(), ['username', 'new-password']);
});

await test('where registration is open, whoever is new makes an account', async (t) => {
  await using it = await visit(emptyServer);
  await it.page.getByRole('button', { name: 'Make an account' }).click();
  await fillEntry(it.page, 'Frank', 'short');
  await it.page.getByText('A password has 8 to 128').waitFor();
  await fillEntry(it.page, 'Frank', 'long-enough');
  await it.page.locator('.chat').waitFor();
  t.equal(it.chat.users.get('frank')?.password, 'long-enough');
});

await test('where registration is closed, nobody is offered an account', async (t) => {
  await using it = await visit((chat) => {
    emptyServer(chat);
    chat.registration = 'closed';
  });
  await it.page.locator('.entry').waitFor();
  await eventually('the greeting', () => it.page.locator('.link-status').isHidden());
  t.equal(await it.page.getByRole('button', { name: 'Make an account' }).count(), 0);
});

await test('whoever is logged in elsewhere may go on here, and the other place is told', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await using other = await openAnother(it.url);
  const there = other.page;
  await fillEntry(there, 'alice', 'password123');
  await there.getByText('You are logged in somewhere else').waitFor();
  await there.getByRole('button', { name: 'Use here' }).click();
  await there.locator('.chat').waitFor();
  await it.page.getByText('alice, you are logged in somewhere else').waitFor();
  t.equal(it.chat.isConnected('alice'), true);

  await it.page.getByRole('button', { name: 'Use here' }).click();
  t.equal(await it.page.getByLabel('User name').inputValue(), 'alice');
  await it.page.getByLabel('Password', { exact: true }).fill('password123');
  await it.page.keyboard.press('Enter');
  await it.page.locator('.chat').waitFor();
  await there.getByText('alice, you are logged in somewhere else').waitFor();
});

await test('a second tab goes on without a password, and the first stays closed until asked', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  const second = await it.openTab();
  await second.getByText('alice is logged in in another tab').waitFor();
  await second.getByRole('button', { name: 'Use here' }).click();
  await second.locator('.chat').waitFor();
  await it.page.getByText('This one stays quiet until you ask for it').waitFor();
  t.notMatch(await sessionKept(it.page), /token-alice/);
  await it.page.getByRole('button', { name: 'Use here' }).click();
  await it.page.locator('.chat').waitFor();
  await second.getByText('This one stays quiet until you ask for it').waitFor();
  t.equal(it.chat.received.filter(({ type }) => type === 'login').length, 1);
});

await test('a page that is loaded again goes on where it was', async (t) => {
  await using it = await visit((chat) => {
    emptyServer(chat);
    chat.say('Berlin', 'alice', 'moin');
    chat.room('Berlin').members.add('alice');
  });
  await logIn(it.page);
  await openTalk(it.page, 'Berlin');
  await it.page.locator('textarea').fill('a thought');
  await it.page.reload();
  await it.page.getByRole('heading', { level: 1, name: 'Berlin' }).waitFor();
  t.equal(await it.page.locator('textarea').inputValue(), 'a thought');
  t.equal(it.chat.received.filter(({ type }) => type === 'login').length, 1);
});

await test('a logout leaves nothing in the tab', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await it.page.locator('textarea').fill('a secret thought');
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitem', { name: 'Log out' }).click();
  await it.page.getByText('You are logged out.').waitFor();
  t.equal(await sessionKept(it.page), '{}');
});

await test('a logout without a connection forgets at once, and ends the session when it can', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await say(it.page, 'a word');
  await showsLast(it.page, 'a word');
  it.chat.isUp = false;
  it.chat.cut();
  await it.page.getByText('Not connected', { exact: true }).waitFor();
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitem', { name: 'Log out' }).click();
  await it.page.getByText('You are logged out.').waitFor();
  t.equal(await sessionKept(it.page), '{}');
  t.equal(await it.page.getByText('a word').count(), 0);
  it.chat.isUp = true;
  await eventually('the end of the session', () => it.chat.users.get('alice')?.token === undefined);
  t.equal(await sessionKept(it.page), '{}');
  await it.page.getByText('You are logged out.').waitFor();
});

await test('a password is changed by whoever knows it', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitem', { name: 'Change password' }).click();
  const change = async (old: string, next: string): Promise<void> => {
    await it.page.getByLabel('Present password', { exact: true }).fill(old);
    await it.page.getByLabel('New password', { exact: true }).fill(next);
    await it.page.keyboard.press('Enter');
  };
  await change('not-my-password', 'another-one');
  await it.page.getByText('That is not your password.').waitFor();
  await change('password123', 'another-one');
  await it.page.getByText('Your password is changed.').waitFor();
  t.equal(it.chat.users.get('alice')?.password, 'another-one');
});
