import { subscriptionsMax } from '../../core/limits.ts';
import { scene, scenes } from '../support/chat-harness.ts';
import { commitTo, newEvent } from '../support/events.ts';

scenes('a follower sees what is said in rooms that they are not in, once', async (chat) => {
  const alice = await chat.join('alice', 0, 'attic');
  const bob = await chat.login('bob', 1);
  bob.send('/subscribe Alice');
  await bob.reads('SUCCESS: Subscribed to alice');
  alice.send('one');
  await bob.reads('[Subbed] alice: one');
  bob.send('/join attic');
  await bob.reads('SUCCESS: Joined attic');
  alice.send('two');
  await bob.reads('[attic] alice: two');
  bob.send('/join cellar');
  await bob.reads('SUCCESS: Joined cellar');
  alice.send('three');
  await bob.reads('[Subbed] alice: three');
  bob.send('/unsubscribe ALICE');
  await bob.reads('SUCCESS: Unsubscribed from alice');
  alice.send('four');
  await alice.sees('[attic] Server: bob left.');
  await alice.isServed();
  await chat.settled();
  await bob.seesNothing();
  await alice.seesNothing();
});

scenes('subscriptions last across sessions and servers', async (chat) => {
  const bob = await chat.login('bob', 0);
  bob.send('/subscribe alice', '/subscribe eve', '/subscriptions', '/quit');
  await bob.reads('SUCCESS: Subscribed to alice', 'SUCCESS: Subscribed to eve');
  await bob.reads('Subscriptions: alice, eve');
  await bob.closes();
  const alice = await chat.join('alice', 0, 'attic');
  alice.send('while bob was away');
  await alice.isServed();
  const again = await chat.login('bob', 1);
  alice.send('bob is here');
  await again.reads('[Subbed] alice: bob is here');
  again.send('/subscriptions', '/unsubscribe alice', '/unsubscribe eve', '/subscriptions');
  await again.reads('Subscriptions: alice, eve');
  await again.reads('SUCCESS: Unsubscribed from alice', 'SUCCESS: Unsubscribed from eve');
  await again.reads('You follow nobody.');
});

scenes('who takes a session over follows whom they followed', async (chat) => {
  const alice = await chat.join('alice', 0, 'attic');
  for (const server of [0, 1, 1]) {
    const bob = await chat.client(server);
    bob.send('LOGIN bob letmein TAKEOVER');
    await bob.reads('SUCCESS: Welcome bob. You are in lobby.');
    await bob.isServed();
    bob.send('/subscribe alice');
    await bob.seesMatching(/Subscribed to alice|Already subscribed to alice\./);
    alice.send(`hello on ${server}`);
    await bob.reads(`[Subbed] alice: hello on ${server}`);
  }
});

scene('what is subscribed on one server is known where the user goes next', async (chat) => {
  const alice = await chat.join('alice', 0, 'attic');
  const bob = await chat.login('bob', 1);
  bob.send('/subscribe alice', '/logout');
  await bob.closes();
  const again = await chat.login('bob', 0);
  again.send('/unsubscribe alice', '/logout');
  await again.closes();
  const third = await chat.login('bob', 1);
  alice.send('is anybody there');
  await alice.isServed();
  await chat.settled();
  await third.seesNothing();
});

scenes('each refusal of a subscription says why', async (chat) => {
  const bob = await chat.login('bob', 0);
  for (const [typed, answer] of [
    ['/subscribe bob', 'You cannot subscribe to yourself.'],
    ['/subscribe BOB', 'You cannot subscribe to yourself.'],
    ['/subscribe nobody', 'There is no user nobody.'],
    ['/subscribe Server', 'Server is a name that the server speaks in: take another.'],
    ['/subscribe', 'Usage: /subscribe <user>'],
    ['/subscribe alice eve', 'Usage: /subscribe <user>'],
    ['/unsubscribe alice', 'Not subscribed to alice.'],
    ['/unsubscribe', 'Usage: /unsubscribe <user>'],
    ['/subscriptions all', 'Usage: /subscriptions'],
  ] as const) {
    bob.send(typed);
    await bob.reads(`ERROR: ${answer}`);
  }
  bob.send('/subscribe alice', '/subscribe Alice');
  await bob.reads('SUCCESS: Subscribed to alice', 'ERROR: Already subscribed to alice.');
});

scene('one past the limit of subscriptions is refused', async (chat) => {
  const targets = Array.from({ length: subscriptionsMax - 1 }, (_, number) => `user-${number}`);
  const events = targets.map((target) =>
    newEvent({ type: 'UserSubscribed', data: { user: 'bob', target } }),
  );
  await chat
    .store(1)
    .writer('tool', 0)
    .append(commitTo('following:bob', ...events));
  const bob = await chat.login('bob', 0);
  bob.send('/subscribe alice', '/subscribe eve');
  await bob.reads(
    'SUCCESS: Subscribed to alice',
    'ERROR: Not subscribed to eve: you have reached the limit of subscriptions.',
  );
});
