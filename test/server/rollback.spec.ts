import { type ChatHarness, scene } from '../support/chat-harness.ts';
import { unheard } from '../support/faulty-stores.ts';

const broken =
  'ERROR: The log was set back: messages of position 9 (epoch new) on are lost or changed.';

scene('who is still logged in after the log was set back is told from where', async (chat) => {
  const alice = await chat.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.sees('[lobby] Server: bob joined.');
  setBack(chat);
  await alice.reads(broken);
  alice.send('/who', 'hello');
  await alice.reads('In lobby: alice, bob');
  await bob.reads('[lobby] alice: hello');
});

scene('what was on its way when the log was set back is answered', async (chat) => {
  const alice = await chat.login('alice', 0);
  chat.store(0).withhold();
  alice.send('/receipts on', 'hello');
  await alice.reads('SUCCESS: Receipts on.');
  await chat.until(() => chat.records('MessagePosted').length === 1, 'the message to be stored');
  setBack(chat);
  await alice.sees('ERROR: Not confirmed: it is unknown whether this was stored.');
  alice.send('/who', 'again');
  await alice.sees('In lobby: alice');
  await alice.seesMatching(/^STORED lobby \S+ 3$/);
});

scene('a session that was given up and is in the log that was set back is closed', async (chat) => {
  const alice = await chat.client(0);
  chat.store(0).withhold();
  chat.store(0).arrange(unheard, 'SessionOpened');
  alice.send('LOGIN alice password123');
  await alice.sees('ERROR: Not confirmed: it is unknown whether this was stored.');
  setBack(chat);
  await chat.until(() => chat.records('SessionClosed').length === 1, 'the session to be closed');
  await chat.login('alice', 1);
});

scene('a session that is opened while the log is set back can be opened again', async (chat) => {
  const alice = await chat.client(0);
  chat.store(0).withhold();
  alice.send('LOGIN alice password123');
  await chat.until(() => chat.records('SessionOpened').length === 1, 'the session to be opened');
  setBack(chat);
  await alice.reads(
    'ERROR: Your session has ended. Log in again.',
    'AUTH_REQUIRED: LOGIN <user> <pass>',
  );
  alice.send('LOGIN alice password123');
  await alice.reads('SUCCESS: Welcome alice. You are in lobby.');
});

scene('a subscription lasts when the log was set back to a place after it', async (chat) => {
  const alice = await chat.join('alice', 1, 'attic');
  const bob = await chat.login('bob', 0);
  bob.send('/subscribe alice');
  await bob.reads('SUCCESS: Subscribed to alice');
  setBack(chat);
  await bob.reads(broken);
  alice.send('hello');
  await bob.reads('[Subbed] alice: hello');
});

function setBack(chat: ChatHarness): void {
  chat.store(0).rollBack({ partition: 0, from: 9, epoch: 'new', previous: 'old' });
}
