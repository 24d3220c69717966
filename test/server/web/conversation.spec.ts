import { deepStrictEqual } from 'node:assert/strict';

import { unavailable } from '../../support/faulty-stores.ts';
import { passwordOf } from '../../support/chat-harness.ts';
import { webScene, webScenes } from '../../support/web-harness.ts';

webScenes('people on WebSocket and on lines meet in the same room', async (web) => {
  const bob = await web.chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  const { room, number, epoch } = await alice.say('Lobby', 'hello\r\nworld');
  deepStrictEqual(room, 'lobby');
  await bob.reads('[lobby] alice: hello', '[lobby] alice: world');
  const own = await alice.sees('message');
  deepStrictEqual(
    [own.room, own.number, own.epoch, own.user, own.text],
    ['lobby', number, epoch, 'alice', 'hello\nworld'],
  );
  bob.send('hi');
  const heard = await alice.sees('message');
  deepStrictEqual([heard.user, heard.text, heard.number], ['bob', 'hi', number + 1]);
  await alice.sees('cursor');
  await alice.asks({ type: 'logout' });
  deepStrictEqual(await alice.ended, { code: 4200, reason: 'LoggedOut' });
  await bob.reads('[lobby] Server: alice left.');
});

webScenes('a session is in several rooms, and the account keeps them', async (web) => {
  const alice = await web.login('alice', 0);
  const attic = await alice.asks({ type: 'join', room: 'Attic' });
  deepStrictEqual([attic.room, attic.name, attic.members], ['attic', 'Attic', ['alice']]);
  const joined = await alice.sees('joined', ({ room }) => room === 'attic');
  deepStrictEqual([joined.user, joined.number], ['alice', attic.number]);
  const bob = await web.chat.join('bob', 1, 'attic');
  await alice.sees('joined', ({ user }) => user === 'bob');
  await alice.say('attic', 'one');
  await alice.say('lobby', 'two');
  await bob.reads('[Attic] alice: one');
  const { rooms } = await alice.asks({ type: 'rooms' });
  deepStrictEqual(rooms, [
    { room: 'attic', name: 'Attic', members: 2 },
    { room: 'lobby', name: 'lobby', members: 1 },
  ]);
  await alice.asks({ type: 'leave', room: 'lobby' });
  await alice.sees('left', ({ room }) => room === 'lobby');
  deepStrictEqual(
    await alice.isRefused({ type: 'say', room: 'lobby', text: 'x', sequence: 9 }),
    'NotInRoom',
  );
  await alice.asks({ type: 'logout' });
  const again = await web.connect(1);
  const session = await again.login('alice', 'password123');
  deepStrictEqual(
    session.rooms.map(({ name, members }) => [name, members.toSorted()]),
    [['Attic', ['alice', 'bob']]],
  );
});

webScenes('a room that could not be joined is not kept', async (web) => {
  const alice = await web.login('alice', 0);
  web.chat.store(0).arrange(unavailable, 'RoomJoined');
  deepStrictEqual(await alice.isRefused({ type: 'join', room: 'attic' }), 'Unavailable');
  await alice.asks({ type: 'logout' });
  const again = await web.login('alice', 1);
  const { rooms } = await again.asks({ type: 'rooms' });
  deepStrictEqual(
    rooms.map(({ room }) => room),
    ['lobby'],
  );
});

webScenes('a room that could not be left is kept', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'join', room: 'attic' });
  web.chat.store(0).arrange(unavailable, 'RoomLeft');
  deepStrictEqual(await alice.isRefused({ type: 'leave', room: 'attic' }), 'Unavailable');
  await alice.say('attic', 'still here');
  await alice.asks({ type: 'logout' });
  const again = await web.connect(1);
  const { rooms } = await again.login('alice', passwordOf('alice'));
  deepStrictEqual(rooms.map(({ room }) => room).toSorted(), ['attic', 'lobby']);
});

webScenes(
  'a room that was left and is kept all the same goes when it is left again',
  async (web) => {
    const alice = await web.login('alice', 0);
    await alice.asks({ type: 'join', room: 'attic' });
    web.chat.store(0).arrange(unavailable, 'RoomDropped');
    deepStrictEqual(await alice.isRefused({ type: 'leave', room: 'attic' }), 'Unavailable');
    await alice.sees('left', ({ room }) => room === 'attic');
    await alice.asks({ type: 'leave', room: 'attic' });
    await alice.asks({ type: 'logout' });
    const again = await web.connect(1);
    const { rooms } = await again.login('alice', passwordOf('alice'));
    deepStrictEqual(
      rooms.map(({ room }) => room),
      ['lobby'],
    );
  },
);

webScenes(
  'a room that was joined and could not be kept is both when it is joined again',
  async (web) => {
    const alice = await web.login('alice', 0);
    web.chat.store(0).arrange(unavailable, 'RoomKept');
    deepStrictEqual(await alice.isRefused({ type: 'join', room: 'attic' }), 'Unavailable');
    const attic = await alice.asks({ type: 'join', room: 'attic' });
    deepStrictEqual(attic.members, ['alice']);
    await alice.asks({ type: 'logout' });
    const again = await web.connect(1);
    const { rooms } = await again.login('alice', 'password123');
    deepStrictEqual(rooms.map(({ room }) => room).toSorted(), ['attic', 'lobby']);
  },
);

webScene('a place in the log is told once to those to whom nothing is shown', async (web) => {
  const alice = await web.login('alice', 0);
  const { fanOut } = web.chat.server(0);
  for (const place of ['a', 'a', 'b']) fanOut.flushAll(() => place);
  await alice.asks({ type: 'ping' });
  const told = alice.shown.flatMap((frame) => (frame.type === 'cursor' ? [frame.cursor] : []));
  deepStrictEqual(told.slice(-2), ['a', 'b']);
});

webScenes(
  'of a room that is joined for the first time nothing is unread, of what comes then all',
  async (web) => {
    const alice = await web.login('alice', 0);
    await alice.asks({ type: 'join', room: 'attic' });
    await alice.say('attic', 'old');
    await alice.say('lobby', 'old too');
    const bob = await web.connect(1);
    const { rooms } = await bob.login('bob', passwordOf('bob'));
    const attic = await bob.asks({ type: 'join', room: 'attic' });
    for (const { room, number, read, unread, last } of [...rooms, attic])
      deepStrictEqual([read, unread, last?.user], [number, 0, 'alice'], room);
    await bob.asks({ type: 'logout' });
    await alice.say('attic', 'new');
    const again = await web.connect(0);
    const session = await again.login('bob', passwordOf('bob'));
    deepStrictEqual(
      new Map(session.rooms.map(({ room, unread }) => [room, unread])),
      new Map([
        ['attic', 1],
        ['lobby', 0],
      ]),
    );
  },
);

webScenes('a login shows what is unread since, and the last of each room', async (web) => {
  const alice = await web.login('alice', 0);
  const bob = await web.chat.login('bob', 1);
  bob.send('one', 'two', 'three');
  const two = await alice.sees('message', ({ text }) => text === 'two');
  await alice.sees('message', ({ text }) => text === 'three');
  await alice.asks({ type: 'read', room: 'lobby', number: two.number });
  await alice.asks({ type: 'logout' });
  await bob.sees('[lobby] Server: alice left.');
  bob.send('four');
  await bob.isServed();
  const again = await web.connect(1);
  const { rooms } = await again.login('alice', 'password123');
  deepStrictEqual(
    rooms.map(({ read, unread, last }) => [read, unread, last?.text]),
    [[two.number, 2, 'four']],
  );
});

webScenes('following, and direct messages, both ways', async (web) => {
  const alice = await web.login('alice', 0);
  const bob = await web.chat.join('bob', 1, 'attic');
  await alice.asks({ type: 'follow', user: 'Bob' });
  bob.send('over here');
  const followed = await alice.sees('followed');
  deepStrictEqual(
    [followed.room, followed.name, followed.user, followed.text],
    ['attic', 'attic', 'bob', 'over here'],
  );
  const sent = await alice.asks({ type: 'direct', to: 'bob', text: 'psst', sequence: 1 });
  deepStrictEqual(sent, { ...sent, to: 'bob', number: 1 });
  await bob.reads('[DM] alice: psst');
  const own = await alice.sees('direct');
  deepStrictEqual([own.from, own.to, own.number], ['alice', 'bob', 1]);
  bob.send('/msg alice yes');
  const heard = await alice.sees('direct');
  deepStrictEqual([heard.from, heard.text, heard.kept], ['bob', 'yes', undefined]);
  const { messages, more } = await alice.asks({ type: 'conversation', peer: 'bob', limit: 10 });
  deepStrictEqual([messages.map(({ text }) => text), more], [['psst', 'yes'], false]);
  await alice.asks({ type: 'unfollow', user: 'bob' });
  deepStrictEqual(await alice.isRefused({ type: 'unfollow', user: 'bob' }), 'NotSubscribed');
});

webScenes('history is read around a number, no more than asked for', async (web) => {
  const alice = await web.login('alice', 0);
  const numbers: number[] = [];
  for (let count = 0; count < 10; count++)
    numbers.push((await alice.say('lobby', `number ${count}`)).number);
  const read = async (around: { before?: number; after?: number }, limit = 3) => {
    const { messages, more } = await alice.asks({
      type: 'history',
      room: 'lobby',
      limit,
      ...around,
    });
    return [messages.map(({ text }) => Number(text.slice(7))), more];
  };
  deepStrictEqual(await read({}), [[7, 8, 9], true]);
  deepStrictEqual(await read({ before: numbers[7] ?? 0 }), [[4, 5, 6], true]);
  deepStrictEqual(await read({ before: numbers[2] ?? 0 }), [[0, 1], false]);
  deepStrictEqual(await read({ after: numbers[2] ?? 0 }), [[3, 4, 5], true]);
  deepStrictEqual(await read({ after: numbers[7] ?? 0 }), [[8, 9], false]);
  deepStrictEqual(await read({}, 10), [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], false]);
  deepStrictEqual(await alice.isRefused({ type: 'history', room: 'attic', limit: 3 }), 'NotInRoom');
});

webScene('what was kept for somebody who was away comes after the login, marked', async (web) => {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'direct', to: 'bob', text: 'hello', sequence: 1 });
  const bob = await web.login('bob', 1);
  const kept = await bob.sees('direct');
  deepStrictEqual([kept.from, kept.text, kept.kept], ['alice', 'hello', true]);
  await bob.asks({ type: 'logout' });
  const again = await web.login('bob', 0);
  await again.sees('joined');
  await again.seesNothing();
});
