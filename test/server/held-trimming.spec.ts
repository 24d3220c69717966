import { deepStrictEqual, doesNotMatch, match, notDeepStrictEqual } from 'node:assert/strict';
import pino from 'pino';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { ShownTo } from '../../cli/replay/shown-to.ts';
import type { EventStore, Subscription } from '../../core/event-store.ts';
import { unreadMessages } from '../../server/inbox.ts';
import { Trimmer } from '../../server/trimmer.ts';
import { type ChatHarness, scene } from '../support/chat-harness.ts';
import { commitTo, directMessagePosted, newEvent } from '../support/events.ts';
import { rule } from '../support/given.ts';
import { firstsOf, trimAll } from '../support/trimmed-log.ts';

const later = (): number => Date.now() + 3 * 86_400_000;

/** Somebody who takes the first batch and is never done with it. */
async function holdUp(chat: ChatHarness, events: EventStore): Promise<Subscription> {
  let isHeld = false;
  const slow = events.subscribe('slow:1', [{ partition: 0, position: 0 }], {
    onBatch: () => {
      isHeld = true;
      return new Promise(() => {});
    },
    onRollback: () => {},
    onFailure: () => {},
  });
  await chat.until(() => isHeld, 'a first batch');
  return slow;
}

scene('the log is not trimmed past a server that has not come so far', async (chat) => {
  const alice = await chat.login('alice', 0);
  await chat.settled();
  const { events, leases } = openMemory({ log: chat.log });
  const slow = await holdUp(chat, events);
  alice.send('one', 'two');
  await alice.isServed();
  await trimAll({ events, leases });
  deepStrictEqual(await firstsOf(events), [1]);
  await slow.close();
  await trimAll({ events, leases });
  notDeepStrictEqual(await firstsOf(events), [1]);
  await events.close();
});

scene('the log tells of a trimming before it, and once although it is held up', async (chat) => {
  const { events, leases } = chat.store(0);
  await chat.settled();
  const slow = await holdUp(chat, events);
  const alice = await chat.login('alice', 0);
  await alice.isServed();
  await chat.settled();
  const old = chat.log.partition(0).head;
  chat.passTime(3 * 86_400_000);
  alice.send('new');
  await alice.isServed();
  await chat.settled();
  const trimmer = new Trimmer({ days: 2 }, { events, leases }, pino({ enabled: false }), later);
  const told = async (): Promise<readonly unknown[]> => {
    const records = await events.readStream({ stream: 'trimming:0', partition: 0, limit: 9 });
    return records.map(({ event }) => event.data);
  };
  await trimmer.look();
  await trimmer.look();
  deepStrictEqual(await firstsOf(events), [1]);
  deepStrictEqual(await told(), [{ before: old + 1, archived: false }]);
  await slow.close();
  await trimmer.look();
  deepStrictEqual(await firstsOf(events), [old + 1]);
  deepStrictEqual(await told(), [{ before: old + 1, archived: false }]);
});

scene('what the log tells was trimmed waits for no login, though it is held up', async (chat) => {
  const { events, leases } = chat.store(0);
  await chat.settled();
  const slow = await holdUp(chat, events);
  const eve = await chat.login('eve', 1);
  eve.send('/quit');
  await eve.closes();
  const alice = await chat.login('alice', 0);
  alice.send('/msg eve old');
  await alice.seesMatching(/Sent to eve/);
  await chat.settled();
  chat.passTime(3 * 86_400_000);
  alice.send('/msg eve new');
  await alice.seesMatching(/Sent to eve/);
  await chat.settled();
  await new Trimmer({ days: 2 }, { events, leases }, pino({ enabled: false }), later).look();
  deepStrictEqual(await firstsOf(events), [1]);
  const again = await chat.client(1);
  again.send('LOGIN eve qwerty');
  await again.reads('SUCCESS: Welcome eve. You are in lobby.', '[DM] alice: new');
  await again.seesNothing();
  const shown = new ShownTo('eve');
  let lines = '';
  for (const stored of await events.readStored(0, 1, 1_000)) lines += await shown.next(stored);
  doesNotMatch(lines, /old/);
  match(lines, /\[DM\] alice: new\n$/);
  await slow.close();
});

rule(
  'a trimming told of what is yet to come, in a log that was set back, hides nothing of it',
  async () => {
    const { events } = openMemory();
    const writer = events.writer('a', 1);
    const data = { before: 100, archived: false };
    await writer.append(commitTo('trimming:0', newEvent({ type: 'LogTrimmed', data })));
    await writer.append(commitTo('direct:alice:bob', directMessagePosted('alice', 'bob', 'later')));
    const { position } = await events.head(0);
    const { oldest } = await unreadMessages(events, 'bob', [position]);
    deepStrictEqual(
      oldest.map(({ event }) => event.text),
      ['later'],
    );
  },
);
