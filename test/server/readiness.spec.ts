import { deepStrictEqual } from 'node:assert/strict';

import { Readiness, readinessMsMax, type StoreRefusal } from '../../server/readiness.ts';
import { type ChatHarness, scene, scenes } from '../support/chat-harness.ts';
import { busy, fenced, full, held, lost, readOnly, unavailable } from '../support/faulty-stores.ts';
import { gate } from '../support/gate.ts';
import { until, within } from '../support/until.ts';

const one = { servers: 1 };
const of = (chat: ChatHarness, refusal?: StoreRefusal): Readiness =>
  new Readiness(chat.server(0), () => refusal);
/** With room for a machine that is busy with other things. */
const inTimeMs = readinessMsMax + 2_000;

scenes(
  'a server that appends and reads is ready, also right after others appended',
  async (chat) => {
    const readiness = of(chat);
    deepStrictEqual(await readiness.whyNot(), undefined);
    const alice = await chat.login('alice', 1);
    alice.send('hello');
    deepStrictEqual(await readiness.whyNot(), undefined);
  },
);

scene(
  'a server that has not started, or has stopped, is not ready',
  async (chat) => {
    const readiness = of(chat);
    await chat.server(0).stop();
    deepStrictEqual(await readiness.whyNot(), 'stopping');
  },
  one,
);

scene(
  'a server that was declared lost is not ready until it has begun anew',
  async (chat) => {
    const readiness = of(chat);
    chat.store(0).arrange(fenced);
    deepStrictEqual(await readiness.whyNot(), 'lost');
    await becomesReady(readiness);
  },
  one,
);

for (const [fault, reason] of [
  [unavailable, 'disconnected'],
  [lost, 'silent'],
  [full, 'full'],
  [readOnly, 'readOnly'],
  [busy, 'busy'],
] as const)
  scene(
    `a server is ready again as soon as it can append; until then: ${reason}`,
    async (chat) => {
      const readiness = of(chat);
      chat.store(0).arrange(fault, undefined, Infinity);
      deepStrictEqual(await readiness.whyNot(), reason);
      chat.store(0).mend();
      await becomesReady(readiness);
    },
    one,
  );

scene(
  'one partition that takes no writes is enough not to be ready',
  async (chat) => {
    const readiness = of(chat);
    chat.store(0).arrange(unavailable, undefined, 1);
    deepStrictEqual(await readiness.whyNot(), 'disconnected');
  },
  { servers: 1, partitions: 8 },
);

scene('a server that cannot read what was appended is not ready', async (chat) => {
  const readiness = of(chat);
  chat.store(0).withhold();
  const alice = await chat.login('alice', 1);
  alice.send('hello');
  await chat.until(() => chat.records('MessagePosted').length === 1, 'a message');
  deepStrictEqual(await within(readiness.whyNot(), inTimeMs, 'an answer'), 'behind');
  chat.store(0).deliver();
  await becomesReady(readiness);
});

scene(
  'a server to whom nothing would be given is not ready, although nothing is to be had',
  async (chat) => {
    const readiness = of(chat);
    deepStrictEqual(await readiness.whyNot(), undefined);
    chat.store(0).isReading = false;
    deepStrictEqual(await readiness.whyNot(), 'unfollowed');
    chat.store(0).isReading = true;
    deepStrictEqual(await readiness.whyNot(), undefined);
  },
  one,
);

scene(
  'a server whose log was set back is not ready until it has read it anew',
  async (chat) => {
    const readiness = of(chat);
    const shut = gate();
    chat.store(0).beforeHead(() => shut.opened);
    chat.log.setBack(0, chat.log.partition(0).head);
    await chat.until(() => !chat.server(0).follower.isCurrent, 'the server to hear of it');
    deepStrictEqual(await readiness.whyNot(), 'setBack');
    shut.open();
    await becomesReady(readiness);
  },
  one,
);

scene(
  'a store that does not answer is told of in time, and asked no second time meanwhile',
  async (chat) => {
    const readiness = of(chat);
    const answers = gate();
    chat.store(0).arrange(held(answers.opened));
    const before = chat.store(0).appends;
    const asked = [1, 2, 3].map(() => within(readiness.whyNot(), inTimeMs, 'an answer'));
    deepStrictEqual(new Set(await Promise.all(asked)), new Set(['silent']));
    deepStrictEqual(await readiness.whyNot(), 'silent');
    deepStrictEqual(chat.store(0).appends, before + 1);
    answers.open();
    await becomesReady(readiness);
  },
  one,
);

scene(
  'many who ask at once make the store be asked once',
  async (chat) => {
    const readiness = of(chat);
    const before = chat.store(0).appends;
    const answers = await Promise.all(Array.from({ length: 50 }, () => readiness.whyNot()));
    deepStrictEqual(new Set(answers), new Set([undefined]));
    deepStrictEqual(chat.store(0).appends, before + 1);
  },
  one,
);

scene(
  'a store that has just refused a client’s append for want of room is not believed to have some',
  async (chat) => {
    const refusal: StoreRefusal = { reason: 'full', at: performance.now() };
    deepStrictEqual(await of(chat, refusal).whyNot(), 'full');
    const old = { ...refusal, at: performance.now() - 60_000 };
    deepStrictEqual(await of(chat, old).whyNot(), undefined);
  },
  one,
);

/** What was found out is believed for a second. */
const becomesReady = (readiness: Readiness): Promise<unknown> =>
  until(async () => (await readiness.whyNot()) === undefined, {
    what: 'the server to be ready',
    withinMs: 10_000,
  });
