import { deepStrictEqual } from 'node:assert/strict';

import type { ServerFrame } from '../../../adapters/websocket/server-frames.ts';
import { closeForEver } from '../../../server/accounts.ts';
import { endIncarnation } from '../../../server/incarnation-end.ts';
import type { FrameClient } from '../../support/frame-client.ts';
import { unheard } from '../../support/faulty-stores.ts';
import { gate } from '../../support/gate.ts';
import { type WebHarness, webScene, webScenes } from '../../support/web-harness.ts';

webScenes(
  'who lost the connection is shown what came meanwhile, once and in order',
  async (web) => {
    const bob = await web.chat.login('bob', 1);
    const alice = await web.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    await alice.asks({ type: 'follow', user: 'bob' });
    bob.send('one');
    await alice.sees('message');
    await alice.sees('cursor');
    alice.vanish();
    await isDetached(web);
    bob.send('two', '/msg alice psst', '/join attic', 'elsewhere', '/join lobby', 'three');
    await bob.sees('SUCCESS: Joined lobby');
    await bob.isServed();
    const again = await web.connect(1);
    const session = await again.resume(alice);
    deepStrictEqual(
      session.rooms.map(({ room }) => room),
      ['lobby'],
    );
    bob.send('four');
    await again.sees('message', ({ text }) => text === 'four');
    const shown = again.shown.filter(({ type }) => type !== 'cursor' && type !== 'hello');
    deepStrictEqual(
      inOrder(shown),
      inOrder(shown).toSorted((a, b) => a - b),
      'rooms are in order',
    );
    deepStrictEqual(
      shown.map(words).toSorted(),
      [
        'message two',
        'direct psst',
        'left bob',
        'followed elsewhere',
        'joined bob',
        'message three',
        'message four',
      ].toSorted(),
    );
    await bob.seesNothing();
  },
);

webScenes('who comes back is told whose words are not to be shown any more', async (web) => {
  const bob = await web.chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  bob.send('one');
  await alice.sees('message', ({ text }) => text === 'one');
  await alice.sees('cursor');
  alice.vanish();
  await isDetached(web);
  const actor = { server: 'user-tool', incarnation: 0 };
  await closeForEver(web.chat.server(1), actor, { user: 'bob', unreached: [] });
  const again = await web.connect(1);
  await again.resume(alice);
  deepStrictEqual(await again.sees('erased'), { type: 'erased', user: 'bob' });
});

webScenes('who is cut off with nothing but the session has missed nothing', async (web) => {
  const { chat } = web;
  const bob = await chat.login('bob', 1);
  // What is said while the session is described is sent after it: it may never arrive.
  const describing = async (
    opened: 'SessionOpened' | 'SessionResumed',
    open: () => Promise<FrameClient>,
    text: string,
  ): Promise<FrameClient> => {
    const { length } = chat.records(opened);
    const described = gate();
    chat.store(0).beforeRead(async ({ stream }) => {
      if (stream === 'rooms:alice' && chat.records(opened).length > length) await described.opened;
    });
    const opening = open();
    await chat.until(() => chat.records(opened).length > length, 'the session to be there');
    bob.send(text);
    await bob.isServed();
    described.open();
    const client = await opening;
    chat.store(0).mend();
    client.vanish();
    return client;
  };
  const first = await describing('SessionOpened', () => web.login('alice', 0), 'one');
  const second = await describing('SessionResumed', () => web.resume(first.begun, 0), 'two');
  const third = await web.resume(second.begun, 0);
  deepStrictEqual(messagesOf(second), ['message one', 'message two']);
  deepStrictEqual(messagesOf(third), ['message two']);
});

webScenes('a session is resumed on the server that still thinks it has it', async (web) => {
  const bob = await web.chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  await alice.sees('cursor');
  bob.send('one');
  await alice.sees('message');
  const again = await web.resume(alice, 0);
  deepStrictEqual(await alice.ended, { code: 4205, reason: 'ResumedElsewhere' });
  const there = await web.resume(again, 1);
  deepStrictEqual(await again.ended, { code: 4205, reason: 'ResumedElsewhere' });
  bob.send('two');
  await there.sees('message', ({ text }) => text === 'two');
  deepStrictEqual(there.shown.filter(({ type }) => type === 'message').map(words), ['message two']);
  deepStrictEqual(web.chat.records('SessionClosed').length, 0);
  deepStrictEqual(web.chat.records('RoomLeft').length, 0);
});

webScenes('a server that stops or is lost leaves its sessions waiting', async (web) => {
  const { chat } = web;
  const bob = await chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  const dave = await chat.login('dave', 0);
  await bob.sees('[lobby] Server: dave joined.');
  await alice.sees('joined', ({ user }) => user === 'dave');
  await alice.sees('cursor');
  chat.passTime(6_000);
  const { options, incarnation } = chat.server(0);
  const ending = { type: 'DeclareLost', server: options.name, incarnation } as const;
  await endIncarnation(chat.store(1), ending);
  await dave.closes();
  deepStrictEqual((await alice.ended).code, 4001);
  await bob.reads('[lobby] Server: dave left.');
  bob.send('one');
  await bob.isServed();
  const again = await web.resume(alice, 1);
  deepStrictEqual(again.shown.filter(({ type }) => type === 'message').map(words), ['message one']);
  await again.say('lobby', 'back');
  await bob.reads('[lobby] alice: back');
  await chat.server(1).stop();
  deepStrictEqual((await again.ended).code, 4000);
});

webScenes(
  'a session that nobody comes back to ends, and its user leaves',
  async (web) => {
    const bob = await web.chat.login('bob', 1);
    const alice = await web.login('alice', 0);
    await bob.reads('[lobby] Server: alice joined.');
    await alice.asks({ type: 'join', room: 'attic' });
    alice.vanish();
    await bob.reads('[lobby] Server: alice left.');
    const [closed] = web.chat.records('SessionClosed');
    deepStrictEqual(closed?.event.data, { ...closed?.event.data, reason: 'expired' });
    const again = await web.connect(1);
    deepStrictEqual(await resumption(again, alice), 'SessionOver');
    await web.chat.until(() => web.chat.records('RoomLeft').length === 2, 'alice to leave both');
  },
  { detachedMs: 500 },
);

webScene('a token that is not the session’s opens nothing', async (web) => {
  const alice = await web.login('alice', 0);
  const [user, session, secret = ''] = alice.token.split('.');
  const thief = await web.connect(1);
  for (const token of [
    '',
    'alice',
    `${user}.${session}.${secret.slice(1)}x`,
    `bob.${session}.${secret}`,
    `${user}.other.${secret}`,
  ])
    deepStrictEqual(await resumption(thief, { token, cursor: alice.cursor }), 'SessionOver', token);
  for (const cursor of ['', 'X', '1~2', '-1', `${'9'.repeat(30)}.abc`])
    deepStrictEqual(await resumption(thief, { token: alice.token, cursor }), 'InvalidCursor');
  await alice.asks({ type: 'ping' });
  deepStrictEqual(web.chat.records('SessionResumed').length, 0);
});

webScene('a resumption whose answer was lost can be tried again', async (web) => {
  const alice = await web.login('alice', 0);
  alice.vanish();
  await isDetached(web);
  web.chat.store(1).withhold();
  web.chat.store(1).arrange(unheard, 'SessionResumed');
  const lost = await web.connect(1);
  deepStrictEqual(await resumption(lost, alice), 'OutcomeUnknown');
  web.chat.store(1).deliver();
  const again = await web.resume(alice, 0);
  await again.say('lobby', 'here');
});

webScenes('a cursor of another log is answered by a gap', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'ping' });
  alice.vanish();
  await isDetached(web);
  const again = await web.connect(1);
  const cursor = alice.cursor.replace(/\.[\w-]+/g, '.another');
  await again.resume({ token: alice.token, cursor });
  const gap = await again.sees('gap');
  deepStrictEqual([gap.reason, gap.rooms.map(({ room }) => room)], ['epoch', ['lobby']]);
});

webScene('a log that was set back is told as a gap, and the session goes on', async (web) => {
  const { chat } = web;
  const alice = await web.login('alice', 0);
  const bob = await chat.login('bob', 1);
  await alice.sees('joined', ({ user }) => user === 'bob');
  const before = chat.log.partition(0).head;
  bob.send('lost');
  const lost = await alice.sees('message');
  chat.log.setBack(0, before + 1);
  const gap = await alice.sees('gap');
  deepStrictEqual(
    [gap.reason, gap.rooms.map(({ room, from }) => [room, from])],
    ['epoch', [['lobby', lost.number]]],
  );
  const said = await alice.say('lobby', 'again');
  deepStrictEqual([said.number, said.epoch === lost.epoch], [lost.number, false]);
});

const resumption = (
  client: FrameClient,
  { token, cursor }: { readonly token: string; readonly cursor: string },
) => client.isRefused({ type: 'resume', token, cursor });

async function isDetached({ chat }: WebHarness): Promise<void> {
  const { length } = chat.records('SessionDetached');
  await chat.until(
    () => chat.records('SessionDetached').length > length || length > 0,
    'the session to be detached',
  );
}

const messagesOf = ({ shown }: FrameClient): readonly string[] =>
  shown.filter(({ type }) => type === 'message').map(words);

/** What a frame shows, in two words. */
function words(frame: ServerFrame): string {
  const told = 'text' in frame ? frame.text : 'user' in frame ? frame.user : '';
  return `${frame.type} ${told}`;
}

/** The numbers of the lobby's frames. */
const inOrder = (frames: readonly ServerFrame[]): readonly number[] =>
  frames.flatMap((frame) =>
    'number' in frame && 'room' in frame && frame.room === 'lobby' ? [frame.number] : [],
  );
