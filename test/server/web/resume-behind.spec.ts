import { deepStrictEqual } from 'node:assert/strict';

import { partitionOf, roomStream, sessionStream } from '../../../core/stream.ts';
import type { FrameClient } from '../../support/frame-client.ts';
import { type WebHarness, webScene } from '../../support/web-harness.ts';

const partitions = 8;
const home = partitionOf(sessionStream('alice'), partitions);
const isElsewhere = (room: string): boolean => partitionOf(roomStream(room), partitions) !== home;
/** In another partition than alice's sessions. */
const room = ['attic', 'cellar', 'garden'].find(isElsewhere) ?? 'lobby';

webScene(
  'a server that is behind in a room waits with a resumption until it has come to it',
  async (web) => {
    const alice = await hasHeardMoreThanServer1(web);
    const again = await web.connect(1);
    const resumed = again.resume(alice);
    await isAskedForHead(web);
    web.chat.store(1).deliver();
    await resumed;
    await alice.ended;
    await again.say(room, 'back', 2);
    await again.sees('message', ({ text }) => text === 'back');
    deepStrictEqual(
      again.shown.filter(({ type }) => type === 'gap' || type === 'message').map(textOf),
      ['back'],
    );
  },
  { partitions },
);

webScene(
  'a server that stays behind refuses a resumption, which may be tried again',
  async (web) => {
    const alice = await hasHeardMoreThanServer1(web);
    const again = await web.connect(1);
    const { token, cursor } = alice;
    deepStrictEqual(await again.isRefused({ type: 'resume', token, cursor }), 'OutOfReach');
    deepStrictEqual(web.chat.records('SessionResumed').length, 0);
    web.chat.store(1).deliver();
    await again.resume(alice);
  },
  { partitions },
);

/** Alice in a room of whose partition the second server hears nothing for now. */
async function hasHeardMoreThanServer1(web: WebHarness): Promise<FrameClient> {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'join', room });
  await web.chat.settled();
  web.chat.store(1).withhold(partitionOf(roomStream(room), partitions));
  await alice.say(room, 'heard');
  await alice.sees('message', ({ text }) => text === 'heard');
  await alice.sees('cursor');
  return alice;
}

function isAskedForHead({ chat }: WebHarness): Promise<void> {
  let isAsked = false;
  chat.store(1).beforeHead(() => void (isAsked = true));
  return chat.until(() => isAsked, 'the end of the log to be asked for');
}

const textOf = (frame: object): unknown => ('text' in frame ? frame.text : 'gap');
