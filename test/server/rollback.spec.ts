import { type ChatHarness, scene } from '../support/chat-harness.ts';

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
