import { test } from 'tap';

import {
  after,
  lobby,
  online,
  opens,
  room,
  says,
  theDirect,
  theRoom,
  later,
  watches,
  writes,
} from './story.ts';

const berlin = room({ room: 'berlin', name: 'Berlin' });

await test('what is seen is read, and the line of what was new stays while the room is open', (t) => {
  const state = after(online([room(), berlin]), says(11, 'bob'), says(12, 'bob'), opens());
  t.equal(theRoom(state).unread, 2, 'open is not yet seen');
  const seen = later(state, watches());
  t.match(theRoom(seen), { unread: 0, read: 12, newAfter: 10 });
  const left = later(seen, opens('room:berlin'));
  t.equal(theRoom(left).newAfter, undefined);
  t.equal(left.watching, false, 'the other is to be seen first');
  t.end();
});

await test('a room that is left before its end was seen keeps its line', (t) => {
  const state = after(online([room(), berlin]), says(11, 'bob'), opens(), opens('room:berlin'));
  t.match(theRoom(state), { unread: 1, newAfter: 10 });
  t.end();
});

await test('to open what is open changes nothing but where it is looked at', (t) => {
  const state = after(online(), opens(), watches());
  const at = { place: 3, asked: 1 };
  const there = later(state, { type: 'opened', place: { kind: 'talk', key: lobby, at } });
  t.equal(there.watching, true);
  t.match(there.open, { at });
  t.end();
});

await test('a conversation that is seen has nothing unread', (t) => {
  const state = after(online(), writes(1, 'bob', 'alice'), opens('direct:bob'), watches());
  t.equal(theDirect(state, 'bob').unread, 0);
  t.end();
});

await test('to see the same again is the same state', (t) => {
  const state = after(online(), says(11, 'bob'), opens(), watches());
  t.equal(later(state, watches()), state);
  t.end();
});
