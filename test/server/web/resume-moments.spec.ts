import { deepStrictEqual } from 'node:assert/strict';

import { StoreUnreachable } from '../../../core/event-store.ts';
import { roomStream } from '../../../core/stream.ts';
import { missedBytesMax, missedRecordsMax } from '../../../server/missed.ts';
import { commitTo, messagePosted } from '../../support/events.ts';
import { held } from '../../support/faulty-stores.ts';
import type { FrameClient } from '../../support/frame-client.ts';
import { gate } from '../../support/gate.ts';
import { type WebHarness, webScene } from '../../support/web-harness.ts';

webScene('who is gone once more while they come back can come back again', async (web) => {
  const { chat } = web;
  const alice = await wentAway(web, 'alice');
  const arrives = gate();
  chat.store(1).arrange(held(arrives.opened), 'SessionResumed');
  const { appends } = chat.store(1);
  const lost = await web.connect(1);
  const resuming = lost.resume(alice).catch(() => undefined);
  await chat.until(() => chat.store(1).appends > appends, 'the resumption to be on its way');
  lost.vanish();
  await chat.until(() => [...chat.server(1).connections].length === 0, 'the connection to end');
  arrives.open();
  await chat.until(() => chat.records('SessionDetached').length === 2, 'it to be detached again');
  await resuming;
  await web.resume(alice, 0);
});

webScene(
  'who comes back while sessions are being ended keeps theirs',
  async (web) => {
    const { chat } = web;
    await wentAway(web, 'alice');
    const dave = await wentAway(web, 'dave');
    const ends = gate();
    chat.store(0).arrange(held(ends.opened), 'SessionClosed');
    const { appends } = chat.store(0);
    await chat.until(() => chat.store(0).appends > appends, 'the end of alice to be on its way');
    const again = await web.resume(dave, 1);
    ends.open();
    await chat.until(() => chat.records('RoomLeft').length === 1, 'alice to leave');
    await again.say('lobby', 'here');
    deepStrictEqual(
      chat.records('SessionClosed').map(({ event }) => 'user' in event.data && event.data.user),
      ['alice'],
    );
  },
  { detachedMs: 1_000 },
);

webScene(
  'who comes and goes for longer than a session waits keeps it',
  async (web) => {
    const waitsMs = 3_000;
    let last = await wentAway(web, 'alice');
    const endsAt = performance.now() + waitsMs * 1.5;
    while (performance.now() < endsAt) {
      const { length } = web.chat.records('SessionDetached');
      last = await web.resume(last, 0);
      last.vanish();
      const isDetached = (): boolean => web.chat.records('SessionDetached').length > length;
      await web.chat.until(isDetached, 'the session to be detached again');
    }
    deepStrictEqual(web.chat.records('SessionClosed').length, 0);
  },
  { detachedMs: 3_000, servers: 1 },
);

webScene('of those who are away no server holds whom they follow', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'follow', user: 'bob' });
  const { followers } = web.chat.server(0).follower.view;
  deepStrictEqual([...followers.following.keys()], ['alice']);
  alice.vanish();
  await web.chat.until(() => followers.following.size === 0, 'it to be forgotten');
  const again = await web.resume(alice, 0);
  deepStrictEqual([...(followers.following.get('alice')?.targets ?? [])], ['bob']);
  await again.asks({ type: 'ping' });
});

webScene('whose resumption the log lost is told to come back once more', async (web) => {
  const alice = await wentAway(web, 'alice');
  const again = await web.resume(alice, 0);
  const [resumed] = web.chat.records('SessionResumed');
  web.chat.log.setBack(0, resumed?.position ?? 0);
  deepStrictEqual((await again.ended).code, 4001);
  const back = await web.resume(again, 1);
  await back.say('lobby', 'back');
});

webScene('kept messages that could not be shown at a login come with the resume', async (web) => {
  const { chat } = web;
  const bob = await chat.login('bob', 0);
  bob.send('/msg alice kept');
  await bob.isServed();
  chat.store(0).beforeRead(({ stream }) => {
    if (stream === 'inbox:alice') throw new StoreUnreachable('arranged by a test');
  });
  const alice = await wentAway(web, 'alice');
  chat.store(0).mend();
  const again = await web.resume(alice, 0);
  bob.send('/msg alice live');
  await again.sees('direct', ({ text }) => text === 'live');
  deepStrictEqual([...directOf(alice), ...directOf(again)], ['kept', 'live']);
  await chat.until(() => chat.records('ReadMarked').length === 2, 'the pong behind each');
  await again.asks({ type: 'logout' });
  const later = await web.login('alice', 0);
  await later.asks({ type: 'ping' });
  deepStrictEqual(directOf(later), [], 'both are marked as read');
});

webScene('whoever guesses at tokens costs one read', async (web) => {
  let reads = 0;
  web.chat.store(0).beforeRead(() => void (reads += 1));
  const thief = await web.connect(0);
  const guess = { type: 'resume', token: 'alice.session.secret', cursor: '0' } as const;
  deepStrictEqual(await thief.isRefused(guess), 'SessionOver');
  deepStrictEqual(reads, 1);
});

webScene('of the rooms that an account keeps only what is new is read', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.say('lobby', 'one');
  await alice.asks({ type: 'read', room: 'lobby', number: 1 });
  const from: (number | undefined)[] = [];
  web.chat.store(0).beforeRead((query) => {
    if (query.stream === 'rooms:alice') from.push(query.from);
  });
  await alice.asks({ type: 'read', room: 'lobby', number: 2 });
  const [first = 0] = from;
  deepStrictEqual(first > 1, true, `read from ${first}`);
});

webScene('a number that is none any more is refused', async (web) => {
  const alice = await web.login('alice', 0);
  const say = { type: 'say', room: 'lobby', text: 'x' } as const;
  deepStrictEqual(await alice.isRefused({ ...say, sequence: 2 ** 53 }), 'BadFrame');
  await alice.asks({ ...say, sequence: Number.MAX_SAFE_INTEGER });
});

webScene(
  'what lies too far back is not looked for, and told as a gap',
  async (web) => {
    const perPartition = missedRecordsMax / 8;
    const alice = await wentAway(web, 'alice');
    const writer = web.chat.store(1).writer('tool', 0);
    const events = Array.from({ length: 500 }, () => messagePosted('x'));
    for (let stored = 0; stored <= perPartition; stored += events.length)
      await writer.append(commitTo(roomStream('lobby'), ...events.map(another)));
    const again = await web.resume(alice, 1);
    const gap = await again.sees('gap');
    deepStrictEqual([gap.reason, gap.rooms.map(({ room }) => room)], ['retention', ['lobby']]);
  },
  { partitions: 8 },
);

webScene(
  'so is more text than is shown at once, and no less',
  async (web) => {
    const text = 'x'.repeat(4_096);
    const shownMax = missedBytesMax / 8 / text.length;
    const writer = web.chat.store(1).writer('tool', 0);
    const say = (count: number) =>
      writer.append(
        commitTo(roomStream('lobby'), ...Array.from({ length: count }, () => messagePosted(text))),
      );
    const alice = await wentAway(web, 'alice');
    await say(shownMax);
    const again = await web.resume(alice, 1);
    deepStrictEqual(again.shown.filter(isMessage).length, shownMax);
    again.vanish();
    await isAwayEverywhere(web, 'alice');
    await say(shownMax + 1);
    const last = await web.resume(again, 0);
    const gap = await last.sees('gap');
    deepStrictEqual([gap.reason, gap.rooms.map(({ room }) => room)], ['retention', ['lobby']]);
    deepStrictEqual(last.shown.filter(isMessage).length, 0);
  },
  { partitions: 8 },
);

const another = (event: ReturnType<typeof messagePosted>) => ({
  ...event,
  id: crypto.randomUUID(),
});

/** Somebody whose connection was lost, as both servers know. */
async function wentAway(web: WebHarness, user: string): Promise<FrameClient> {
  const client = await web.login(user, 0);
  await client.asks({ type: 'ping' });
  client.vanish();
  await isAwayEverywhere(web, user);
  return client;
}

async function isAwayEverywhere(web: WebHarness, user: string): Promise<void> {
  const isAway = (server: number): boolean =>
    web.chat.server(server).follower.view.sessions.byUser.get(user)?.isDetached === true;
  const everywhere = (): boolean => web.chat.servers.every((_, number) => isAway(number));
  await web.chat.until(everywhere, `the session of ${user} to be detached`);
}

const isMessage = ({ type }: { type: string }): boolean => type === 'message';

const directOf = ({ shown }: FrameClient): readonly string[] =>
  shown.flatMap((frame) => (frame.type === 'direct' ? [frame.text] : []));
