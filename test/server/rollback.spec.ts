import { deepStrictEqual } from 'node:assert/strict';

import { partitionOf, serverStream } from '../../core/stream.ts';
import { type ChatHarness, scene } from '../support/chat-harness.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { unheard } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';

const authRequired = 'AUTH_REQUIRED: LOGIN <user> <pass>';
const ended = 'ERROR: Your session has ended. Log in again.';

scene('who is still logged in after the log was set back is told from where', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.sees('[lobby] Server: bob joined.');
  const before = head(chat);
  alice.send('lost');
  await bob.reads('[lobby] alice: lost');
  const broken = setBack(chat, before);
  await alice.reads(broken);
  await bob.reads(broken);
  alice.send('/history', 'hello');
  await alice.reads('Nothing has been said in lobby.');
  await bob.reads('[lobby] alice: hello');
});

scene('whose login the log lost is told to log in again, and can', async (chat) => {
  const bob = await chat.login('bob', 1);
  const before = head(chat);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const broken = setBack(chat, before);
  deepStrictEqual(await alice.closes(), [broken, ended]);
  await chat.login('alice', 1);
  await bob.sees('[lobby] Server: alice joined.');
});

scene('who had moved when the log was set back is put back where they were', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.sees('[lobby] Server: bob joined.');
  const before = head(chat);
  alice.send('/join attic');
  await alice.reads('SUCCESS: Joined attic');
  await bob.reads('[lobby] Server: alice left.');
  const broken = setBack(chat, before);
  await alice.reads(broken, 'SUCCESS: Joined attic');
  await bob.reads(broken, '[lobby] Server: alice left.');
  alice.send('/receipts on', 'hello');
  await alice.reads('SUCCESS: Receipts on.');
  await alice.seesMatching(/^STORED attic /);
  bob.send('/rooms');
  await bob.reads('Rooms: attic, lobby');
});

scene('what is decided while the log is folded anew is not written', async (chat) => {
  const alice = await chat.login('alice', 0);
  const before = head(chat);
  alice.send('/join attic');
  await alice.reads('SUCCESS: Joined attic');
  const shut = gate();
  chat.store(0).beforeHead(() => shut.opened);
  const broken = setBack(chat, before);
  alice.send('/join cellar', 'hello');
  const notStored = 'ERROR: Not stored: the chat cannot store anything now. Try again in a moment.';
  await alice.reads(notStored, notStored);
  shut.open();
  await alice.reads(broken, 'SUCCESS: Joined attic');
  deepStrictEqual(chat.records('MessagePosted').length, 0);
});

scene(
  'an end that a partition has lost is carried there again',
  async (chat) => {
    const bob = await chat.login('bob', 1);
    await chat.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    const heads = chat.log.partitions.map(({ head: position }) => position);
    await chat.server(0).stop();
    await bob.reads('[lobby] Server: alice left.');
    const isStopped = (): boolean => chat.records('ServerStopped').length === heads.length;
    await chat.until(isStopped, 'the whole end');
    const home = partitionOf(serverStream('server-0'), heads.length);
    for (const [partition, before] of heads.entries())
      if (partition !== home) chat.log.setBack(partition, before + 1);
    await bob.sees('[lobby] Server: alice left.');
    const alice = await chat.login('alice', 1);
    alice.send('/who');
    await alice.reads('In lobby: alice, bob');
  },
  { partitions: 8 },
);

scene('who vanishes while the log is folded anew leaves no session', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const before = head(chat);
  bob.send('lost');
  await alice.reads('[lobby] bob: lost');
  const shut = gate();
  chat.store(0).beforeHead(() => shut.opened);
  setBack(chat, before);
  alice.vanish();
  await chat.until(() => alice.isClosed, 'the connection to end');
  shut.open();
  await bob.sees('[lobby] Server: alice left.');
  await chat.login('alice', 1);
});

scene('a session that the log brings back and nobody holds is ended', async (chat) => {
  const bob = await chat.login('bob', 1);
  const alice = await chat.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const before = head(chat);
  alice.send('/logout');
  await alice.closes();
  await bob.reads('[lobby] Server: alice left.');
  const broken = setBack(chat, before);
  await bob.reads(broken, '[lobby] Server: alice left.');
  await chat.login('alice', 1);
});

scene('servers that the log no longer knows drop their clients and begin anew', async (chat) => {
  const alice = await chat.login('alice', 0);
  const broken = setBack(chat, 1);
  deepStrictEqual(await alice.closes(), [
    broken,
    'ERROR: This server was out of touch with the others. Log in again.',
  ]);
  await chat.until(() => chat.records('ServerStarted').length === 2, 'new incarnations');
  const carol = await chat.client(1);
  carol.send('REGISTER carol password123');
  await carol.sees('SUCCESS: Welcome carol. You are in lobby.');
});

scene('what was on its way when the log was set back is answered', async (chat) => {
  const alice = await chat.login('alice', 0);
  const before = head(chat);
  chat.store(0).withhold();
  alice.send('/receipts on', 'hello');
  await alice.reads('SUCCESS: Receipts on.');
  await chat.until(() => chat.records('MessagePosted').length === 1, 'the message to be stored');
  const broken = setBack(chat, before);
  await alice.reads(broken, 'ERROR: Not confirmed: it is unknown whether this was stored.');
  alice.send('/who', 'again');
  await alice.reads('In lobby: alice');
  await alice.seesMatching(/^STORED lobby \S+ 2$/);
});

scene('a session that was given up and is in the log that was set back is closed', async (chat) => {
  const alice = await chat.client(0);
  chat.store(0).withhold();
  chat.store(0).arrange(unheard, 'SessionOpened');
  alice.send('LOGIN alice password123');
  await alice.sees('ERROR: Not confirmed: it is unknown whether this was stored.');
  await chat
    .store(1)
    .writer('tool', 0)
    .append(commitTo('room:attic', messagePosted('lost', 'attic')));
  setBack(chat, head(chat) - 1);
  await chat.until(() => chat.records('SessionClosed').length === 1, 'the session to be closed');
  await chat.login('alice', 1);
});

scene('a session that is opened while the log is set back can be opened again', async (chat) => {
  const alice = await chat.client(0);
  const before = head(chat);
  chat.store(0).withhold();
  alice.send('LOGIN alice password123');
  await chat.until(() => chat.records('SessionOpened').length === 1, 'the session to be opened');
  setBack(chat, before);
  await alice.reads(ended, authRequired);
  alice.send('LOGIN alice password123');
  await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
});

scene('a subscription lasts when the log was set back to a place after it', async (chat) => {
  const alice = await chat.join('alice', 1, 'attic');
  const bob = await chat.login('bob', 0);
  bob.send('/subscribe alice');
  await bob.reads('SUCCESS: Subscribed to alice');
  const before = head(chat);
  bob.send('/subscribe eve');
  await bob.reads('SUCCESS: Subscribed to eve');
  const broken = setBack(chat, before);
  await bob.reads(broken);
  bob.send('/subscriptions');
  await bob.reads('Subscriptions: alice');
  alice.send('hello');
  await bob.reads('[Subbed] alice: hello');
});

scene('direct messages after the log was set back are marked as read anew', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  const before = head(chat);
  for (const text of ['one', 'two', 'three']) alice.send(`/msg bob ${text}`);
  await bob.reads(...['one', 'two', 'three'].map((text) => `[DM] alice: ${text}`));
  await bob.isServed();
  await chat.until(() => chat.records('ReadMarked').length > 0, 'bob to have read');
  const broken = setBack(chat, before);
  await bob.reads(broken);
  alice.send('/msg bob four');
  await bob.reads('[DM] alice: four');
  bob.send('/quit');
  await bob.closes();
  alice.send('/msg bob five');
  await alice.sees('SUCCESS: Sent to bob.');
  const again = await chat.client(0);
  again.send('LOGIN bob letmein');
  await again.reads('SUCCESS: Welcome bob. You are in lobby.', '[DM] alice: five');
});

const head = (chat: ChatHarness): number => chat.log.partition(0).head;

/** Loses what came after this position. Answers what clients are told. */
function setBack(chat: ChatHarness, position: number): string {
  chat.log.setBack(0, position + 1);
  const { epoch } = chat.log.partition(0);
  const place = `position ${position + 1} (epoch ${epoch})`;
  return `ERROR: The log was set back: messages of ${place} on are lost or changed.`;
}
