import { test } from 'tap';

import { emptyServer } from '../scripted/scenes.ts';
import { focusedLabel } from './in-page.ts';
import { eventually, logIn, messages, openTalk, say, showsLast, visit } from './visit.ts';

await test('what is said is pending until it is stored, and then is there once', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  const go = it.chat.hold('say');
  await say(it.page, 'hello');
  await it.page.getByText('Sending').waitFor();
  t.equal(await it.page.locator('.message.pending').count(), 1);
  go();
  await eventually('the message to be stored', async () => {
    const pending = await it.page.locator('.message.pending, .message.stored').count();
    return pending === 0;
  });
  await showsLast(it.page, 'hello');
  t.equal(await messages(it.page).count(), 1);
  t.strictSame(it.complaints, []);
});

await test('the focus on what is on its way goes on to the message that it becomes', async () => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  const go = it.chat.hold('say');
  await say(it.page, 'hello');
  await it.page.getByText('Sending').waitFor();
  await it.page.keyboard.press('ArrowUp');
  go();
  await eventually('the focus on the message', async () => {
    const label = await focusedLabel(it.page);
    return label?.startsWith('alice, ') === true && label.endsWith(': hello');
  });
});

await test('what is refused says why, and goes out when it is tried again', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  it.chat.refuseNext('say', 'TooManyMessages', 'Too many messages, try again in 2 s.');
  await say(it.page, 'hello');
  await it.page.getByText('Not sent. Too many messages, try again in 2 s.').waitFor();
  await it.page.getByRole('button', { name: 'Try again' }).click();
  await eventually('the message to be stored', async () => it.chat.room('lobby').number > 1);
  await showsLast(it.page, 'hello');
  t.equal(await it.page.getByText('Not sent').count(), 0);
});

await test('what is refused can be put away', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  it.chat.refuseNext('say', 'Unavailable', 'Not stored.');
  await say(it.page, 'hello');
  await it.page.getByRole('button', { name: 'Discard' }).click();
  await eventually('the message to go', async () => (await messages(it.page).count()) === 0);
  t.equal(it.chat.room('lobby').history({ limit: 10 }).messages.length, 0);
});

await test('what begins with a slash is a command, and is never said by mistake', async (t) => {
  await using it = await visit((chat) => {
    emptyServer(chat);
    chat.account('bob');
  });
  await logIn(it.page);
  const field = it.page.locator('textarea');
  await say(it.page, '/sya hello');
  await it.page.getByText('There is no command /sya here.').waitFor();
  t.equal(await field.inputValue(), '/sya hello');
  await say(it.page, '//etc is a folder');
  await showsLast(it.page, '/etc is a folder');
  await say(it.page, '/help');
  await it.page.getByText('/msg NAME TEXT').waitFor();
  await say(it.page, '/msg bob only for you');
  await it.page.getByRole('heading', { level: 1, name: 'bob' }).waitFor();
  await showsLast(it.page, 'only for you');
  await say(it.page, '/join garden');
  await it.page.getByRole('heading', { level: 1, name: 'garden' }).waitFor();
  t.equal(it.chat.received.filter(({ type }) => type === 'say').length, 1);
  t.strictSame(it.complaints, []);
});

await test('a room keeps what was typed in it, and Shift with Enter begins a line', async (t) => {
  await using it = await visit((chat) => {
    emptyServer(chat);
    chat.room('Berlin').members.add('alice');
  });
  await logIn(it.page);
  const field = it.page.locator('textarea');
  await field.fill('one');
  await field.press('Shift+Enter');
  await field.pressSequentially('two');
  await openTalk(it.page, 'Berlin');
  t.equal(await field.inputValue(), '');
  await openTalk(it.page, 'lobby');
  t.equal(await field.inputValue(), 'one\ntwo');
  await field.press('Enter');
  await showsLast(it.page, 'one\ntwo');
  t.equal(await field.inputValue(), '');
});

await test('a text that is too long is not sent, and it is said by how much', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await say(it.page, 'é'.repeat(1_901));
  await it.page.getByText('Too long by 2 bytes').waitFor();
  t.equal(it.chat.received.filter(({ type }) => type === 'say').length, 0);
});

await test('what others write is text, and an address in it opens nothing of this page', async (t) => {
  await using it = await visit((chat) => {
    emptyServer(chat);
    chat.room('lobby').members.add('bob');
    chat.say(
      'lobby',
      'bob',
      '<img src=x onerror=alert(1)> https://example.org/a javascript:alert(1)',
    );
  });
  await logIn(it.page);
  const text = it.page.locator('.message .text');
  await text.waitFor();
  t.match(await text.textContent(), '<img src=x onerror=alert(1)>');
  t.equal(await text.locator('img').count(), 0);
  const link = text.locator('a');
  t.equal(await link.count(), 1);
  t.equal(await link.getAttribute('href'), 'https://example.org/a');
  t.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
  t.equal(await link.getAttribute('target'), '_blank');
  t.strictSame(it.complaints, []);
});
