import { test } from 'tap';

import {
  after,
  heard,
  online,
  opens,
  passes,
  placesOf,
  room,
  says,
  theRoom,
  later,
} from './story.ts';

await test('who joins and who leaves is among the members, or is not', (t) => {
  const state = after(online(), passes('joined', 11, 'carol'), passes('left', 12, 'bob'));
  t.strictSame([...theRoom(state).members].toSorted(), ['alice', 'carol']);
  t.strictSame(placesOf(theRoom(state)), ['joined 11', 'left 12']);
  t.equal(theRoom(state).unread, 0);
  t.end();
});

await test('a passage that a snapshot knew of already changes no member', (t) => {
  const told = room({ number: 12, members: ['alice', 'bob'] });
  const state = after(online([told]), passes('left', 11, 'bob'));
  t.ok(theRoom(state).members.has('bob'));
  t.end();
});

await test('a room that one leaves is gone, also when it is open', (t) => {
  const state = after(online(), opens(), passes('left', 11, 'alice'));
  t.equal(state.talks.size, 0);
  t.same(state.open, { kind: 'nothing' });
  t.end();
});

await test('a server’s end takes people out of the room, in the order in which it was told', (t) => {
  const gone = heard({ type: 'departed', room: 'lobby', users: ['bob', 'carol'], at: 12 });
  const state = after(online(), says(11, 'bob'), gone, says(12, 'alice'));
  t.strictSame(placesOf(theRoom(state)), ['message 11', 'departed 11.5', 'message 12']);
  t.strictSame([...theRoom(state).members], ['alice']);
  t.end();
});

await test('two servers that end one after the other are two departures', (t) => {
  const state = after(online(), says(11, 'bob'), departs('bob'), departs('carol'));
  t.strictSame(placesOf(theRoom(state)), ['message 11', 'departed 11.5', 'departed 11.75']);
  t.end();
});

await test('one’s own server’s end does not show oneself as gone', (t) => {
  const state = after(online());
  const gone = heard({ type: 'departed', room: 'lobby', users: ['alice'], at: 12 });
  t.equal(later(state, gone), state);
  t.end();
});

await test('an event that there are no words for counts as a number that came', (t) => {
  const event = heard({
    type: 'event',
    room: 'lobby',
    epoch: 'e1',
    number: 11,
    at: 11,
    kind: 'TopicSet',
  });
  t.match(theRoom(after(online(), event)), { number: 11, unread: 0 });
  t.end();
});

await test('a cursor and an error about nothing change nothing', (t) => {
  const state = after(online());
  t.equal(later(state, heard({ type: 'cursor', cursor: 'x' })), state);
  t.equal(later(state, heard({ type: 'error', code: 'Busy', message: '' })), state);
  t.end();
});

function departs(user: string) {
  return heard({ type: 'departed', room: 'lobby', users: [user], at: 12 });
}

await test('of a user who was erased no text stays, wherever it is shown', (t) => {
  const followed = heard({
    type: 'followed',
    room: 'garden',
    name: 'garden',
    epoch: 'e',
    number: 3,
    at: 3,
    user: 'bob',
    text: 'seen from afar',
  });
  const direct = heard({
    type: 'direct',
    number: 1,
    at: 1,
    from: 'bob',
    to: 'alice',
    text: 'psst',
  });
  const before = after(online(), says(11, 'bob'), says(12, 'carol'), followed, direct);
  const state = later(before, heard({ type: 'erased', user: 'bob' }));
  const shown = [...state.talks.values()].flatMap(({ timeline, last }) => [
    ...timeline.entries.flatMap((entry) => (entry.kind === 'message' ? [entry] : [])),
    ...(last ? [last] : []),
    ...state.followed,
  ]);
  const of = (user: string) =>
    new Set(shown.filter((one) => one.user === user).map(({ text }) => text));
  t.strictSame([...of('bob')], ['[erased]']);
  t.notOk(of('carol').has('[erased]'));
  t.end();
});
