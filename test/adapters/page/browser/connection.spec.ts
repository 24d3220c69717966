import { test } from 'tap';

import { busyDay, emptyServer } from '../scripted/scenes.ts';
import { eventually, logIn, messages, say, showsLast, visit } from './visit.ts';

await test('a lost connection is shown, comes back, and nothing is missing or twice', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  await say(it.page, 'before');
  await showsLast(it.page, 'before');
  it.chat.isUp = false;
  it.chat.cut();
  await it.page.getByText('The connection was lost.').first().waitFor();
  await it.page.getByText('Not connected. What you send goes out').waitFor();
  it.chat.room('lobby').members.add('bob');
  it.chat.say('lobby', 'bob', 'meanwhile');
  await say(it.page, 'from here');
  await it.page.getByText('Sending').waitFor();
  it.chat.isUp = true;
  await showsLast(it.page, 'before', 'meanwhile', 'from here');
  await it.page.getByText('Connected to chat-1').waitFor();
  t.equal(await messages(it.page).count(), 3);
});

await test('a server that cannot be reached is tried again, at once if one asks', async (t) => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  it.chat.isUp = false;
  it.chat.cut();
  await it.page
    .getByText(/Trying again in ([3-9]|\d\d) s/)
    .first()
    .waitFor();
  it.chat.isUp = true;
  await it.page.getByRole('button', { name: 'Try now' }).first().click();
  await it.page.getByText('Connected to chat-1').waitFor();
  t.equal(it.chat.received.filter(({ type }) => type === 'resume').length, 1);
});

await test('a server that is out of touch with the store is shown as that, until it is back', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  it.chat.tell('alice', { type: 'store', reachable: false });
  await it.page.getByText('The server cannot reach the chat’s memory.').first().waitFor();
  t.equal(await it.page.getByText('Connected to').count(), 0);
  it.chat.tell('alice', { type: 'store', reachable: true });
  await it.page.getByText('Connected to chat-1').waitFor();
  t.equal(await it.page.locator('.link-status').count(), 0);
});

await test('what needs an answer is not asked without a connection, and that is said', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  it.chat.isUp = false;
  it.chat.cut();
  await it.page.getByText('Not connected', { exact: true }).waitFor();
  await it.page.getByRole('button', { name: 'Join or make a room' }).click();
  const dialog = it.page.getByRole('dialog');
  await dialog.getByText('The rooms are listed when the connection is back.').waitFor();
  await dialog.getByLabel('Room name').fill('garden');
  await it.page.keyboard.press('Enter');
  await dialog.getByText('There is no connection.').waitFor();
  it.chat.isUp = true;
  await dialog.getByText('No rooms of that name').waitFor();
  const go = it.chat.hold('join');
  await dialog.getByRole('button', { name: 'Make the room' }).click();
  await dialog.getByRole('button', { name: 'One moment…' }).waitFor();
  go();
  await it.page.getByRole('heading', { level: 1, name: 'garden' }).waitFor();
  t.equal(it.chat.received.filter(({ type }) => type === 'join').length, 1);
});

await test('a password that is to be changed without a connection is not changed later', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  it.chat.isUp = false;
  it.chat.cut();
  await it.page.getByText('Not connected', { exact: true }).waitFor();
  await it.page.getByRole('button', { name: /account and settings/ }).click();
  await it.page.getByRole('menuitem', { name: 'Change password' }).click();
  await it.page.getByLabel('Present password', { exact: true }).fill('password123');
  await it.page.getByLabel('New password', { exact: true }).fill('another-one');
  await it.page.keyboard.press('Enter');
  await it.page.getByRole('dialog').getByText('There is no connection.').waitFor();
  it.chat.isUp = true;
  await it.page.getByText('Connected to chat-1').waitFor();
  t.equal(it.chat.users.get('alice')?.password, 'password123');
});

await test('what was passed over is loaded without a word', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await showsLast(it.page, 'Same here, and the order was the same on both screens.');
  it.chat.room('lobby').said('bob', 'the one that got lost', Date.now());
  it.chat.say('lobby', 'carol', 'the next');
  await showsLast(it.page, 'the one that got lost', 'the next');
  t.equal(await it.page.locator('.gap').count(), 0);
});

await test('a gap that cannot be filled is shown where it is, and can be tried again', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await showsLast(it.page, 'Same here, and the order was the same on both screens.');
  it.chat.refuseNext('history', 'Unavailable', 'The chat cannot read now.');
  it.chat.room('lobby').said('bob', 'the one that got lost', Date.now());
  it.chat.say('lobby', 'carol', 'the next');
  await it.page.getByText('Something is missing here').waitFor();
  t.match(await it.page.locator('.gap ~ .message').first().textContent(), 'the next');
  await it.page.getByRole('button', { name: 'Load them' }).click();
  await showsLast(it.page, 'the one that got lost', 'the next');
});

await test('a log that was set back is told, and what it took is gone', async () => {
  await using it = await visit(emptyServer);
  await logIn(it.page);
  for (const text of ['one', 'two', 'three']) await say(it.page, text);
  await showsLast(it.page, 'one', 'two', 'three');
  it.chat.room('lobby').setBack(3, 'e2');
  const rooms = [{ room: 'lobby', epoch: 'e2', from: 3 }];
  it.chat.tell('alice', { type: 'gap', reason: 'epoch', rooms });
  await it.page.getByText('The server’s log was set back').waitFor();
  await showsLast(it.page, 'one');
  await say(it.page, 'again');
  await showsLast(it.page, 'one', 'again');
});

await test('a session that is over is told in words, and goes on after a login', async (t) => {
  await using it = await visit(busyDay);
  await logIn(it.page);
  await it.page.locator('textarea').fill('half a thought');
  it.chat.close('alice', 'SessionEnded');
  await it.page.getByText('your session has ended').waitFor();
  t.equal(await it.page.getByLabel('User name').inputValue(), 'alice');
  await logIn(it.page);
  await eventually('the draft', async () => {
    return (await it.page.locator('textarea').inputValue()) === 'half a thought';
  });
});

await test('a suspended account, and an erased one, is told so, and nothing is tried again', async (t) => {
  for (const [name, heading] of [
    ['AccountSuspended', 'Your account is suspended'],
    ['AccountErased', 'Your account was erased'],
  ] as const) {
    await using it = await visit(busyDay);
    await logIn(it.page);
    const before = it.chat.received.length;
    it.chat.close('alice', name);
    await it.page.getByRole('heading', { name: heading }).waitFor();
    t.equal(it.chat.received.slice(before).filter(({ type }) => type === 'resume').length, 0);
  }
});
