import { deepStrictEqual } from 'node:assert/strict';

import type { OkOf } from '../../../adapters/websocket/server-frames.ts';
import { unheard } from '../../support/faulty-stores.ts';
import { held } from '../../support/faulty-stores.ts';
import { gate } from '../../support/gate.ts';
import { webScene, webScenes } from '../../support/web-harness.ts';

webScenes('a message that is sent again is stored once, and answered as the first', async (web) => {
  const bob = await web.chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const first = await alice.say('lobby', 'hello', 7);
  deepStrictEqual(await alice.say('lobby', 'hello', 7), { ...first, id: 'r3' });
  alice.vanish();
  const again = await web.resume(alice, 1);
  const third = await again.say('lobby', 'hello', 7);
  deepStrictEqual([third.room, third.number, third.epoch], [first.room, first.number, first.epoch]);
  await bob.reads('[lobby] alice: hello');
  await bob.seesNothing();
});

webScenes(
  'a message that is sent again after its sender left the room is answered as the first',
  async (web) => {
    const alice = await web.login('alice', 0);
    const first = await alice.say('lobby', 'hello', 7);
    await alice.asks({ type: 'leave', room: 'lobby' });
    const place = { room: first.room, number: first.number, epoch: first.epoch };
    deepStrictEqual(placeOf(await alice.say('lobby', 'hello', 7)), place);
    alice.vanish();
    const again = await web.resume(alice, 1);
    deepStrictEqual(placeOf(await again.say('lobby', 'hello', 7)), place);
    const other = { type: 'say', room: 'lobby', text: 'other' } as const;
    deepStrictEqual(await again.isRefused({ ...other, sequence: 7 }), 'SequenceReused');
    deepStrictEqual(await again.isRefused({ ...other, sequence: 8 }), 'NotInRoom');
    deepStrictEqual(web.chat.records('MessagePosted').length, 1);
  },
);

webScene('a message that was refused is stored when it is sent again by a member', async (web) => {
  const alice = await web.login('alice', 0);
  const said = { type: 'say', room: 'attic', text: 'hello', sequence: 1 } as const;
  deepStrictEqual(await alice.isRefused(said), 'NotInRoom');
  await alice.asks({ type: 'join', room: 'attic' });
  deepStrictEqual((await alice.asks(said)).number, 2);
});

webScene('a message of one who is no member is refused while the store is away', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'leave', room: 'lobby' });
  web.chat.store(0).cutOff();
  const said = { type: 'say', room: 'lobby', text: 'hello', sequence: 1 } as const;
  deepStrictEqual(await alice.isRefused(said), 'Unavailable');
  web.chat.store(0).mend();
});

webScene('the same number with another content is an error', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.say('lobby', 'hello', 7);
  deepStrictEqual(
    await alice.isRefused({ type: 'say', room: 'lobby', text: 'other', sequence: 7 }),
    'SequenceReused',
  );
});

webScene(
  'a message is stored once though it is sent again elsewhere while it is on its way',
  async (web) => {
    const alice = await web.login('alice', 0);
    const shut = gate();
    const { appends } = web.chat.store(0);
    web.chat.store(0).arrange(held(shut.opened), 'MessagePosted');
    void alice.say('lobby', 'hello', 7).catch(() => {});
    await web.chat.until(() => web.chat.store(0).appends > appends, 'it to be on its way');
    const again = await web.resume(alice, 1);
    const stored = await again.say('lobby', 'hello', 7);
    shut.open();
    await web.chat.settled();
    const posted = web.chat.records('MessagePosted');
    deepStrictEqual(
      posted.map(({ revision }) => revision),
      [stored.number],
    );
  },
);

webScenes('a direct message that is sent again elsewhere is answered as the first', async (web) => {
  const alice = await web.login('alice', 0);
  const direct = { type: 'direct', to: 'bob', text: 'hello', sequence: 3 } as const;
  const first = await alice.asks(direct);
  await alice.asks({ ...direct, text: 'and', sequence: 4 });
  await alice.asks({ type: 'leave', room: 'lobby' });
  alice.vanish();
  const again = await web.resume(alice, 1);
  const second = await again.asks(direct);
  deepStrictEqual([second.to, second.number], [first.to, first.number]);
  deepStrictEqual(web.chat.records('DirectMessagePosted').length, 2);
});

webScenes('a direct message that is sent again is stored once', async (web) => {
  const alice = await web.login('alice', 0);
  const direct = { type: 'direct', to: 'bob', text: 'hello', sequence: 3 } as const;
  web.chat.store(0).arrange(unheard, 'DirectMessagePosted');
  const first = await alice.send(direct);
  const second = await alice.asks(direct);
  deepStrictEqual([second.to, second.number], ['bob', 1]);
  deepStrictEqual(first.type === 'ok' || first.type === 'error', true);
  deepStrictEqual(web.chat.records('DirectMessagePosted').length, 1);
});

const placeOf = ({ room, number, epoch }: OkOf<'say'>): Partial<OkOf<'say'>> => ({
  room,
  number,
  epoch,
});
