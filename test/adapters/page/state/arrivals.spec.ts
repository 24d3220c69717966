import { test } from 'tap';

import { followedMax } from '../../../../adapters/page/state/arrivals.ts';
import { unreadOf } from '../../../../adapters/page/state/page-state.ts';
import { unreadMax } from '../../../../adapters/page/state/talk.ts';
import {
  after,
  heard,
  online,
  opens,
  placesOf,
  room,
  says,
  sends,
  theDirect,
  theRoom,
  later,
  watches,
  writes,
} from './story.ts';

await test('a message that nobody sees counts, and is the last line of its room', (t) => {
  const state = after(online(), says(11, 'bob', 'hello'));
  t.equal(theRoom(state).unread, 1);
  t.equal(theRoom(state).last?.text, 'hello');
  t.equal(unreadOf(state), 1);
  t.end();
});

await test('a message that is seen as it comes does not count, and is read', (t) => {
  const talk = theRoom(after(online(), opens(), watches(), says(11, 'bob')));
  t.match(talk, { unread: 0, read: 11, newAfter: undefined });
  t.end();
});

await test('a message to the room that is open counts while the page is in the background', (t) => {
  const talk = theRoom(after(online(), opens(), watches(), watches(false), says(11, 'bob')));
  t.match(talk, { unread: 1, read: 10, newAfter: 10 });
  t.end();
});

await test('the first message that is not seen draws the line, and later ones leave it', (t) => {
  const talk = theRoom(after(online(), says(11, 'bob'), says(12, 'bob')));
  t.match(talk, { unread: 2, newAfter: 10 });
  t.end();
});

await test('a message of one’s own counts nowhere', (t) => {
  t.match(theRoom(after(online(), says(11, 'alice'))), { unread: 0, newAfter: undefined });
  t.end();
});

await test('what comes twice is there once and counts once', (t) => {
  const talk = theRoom(after(online(), says(11, 'bob'), says(12, 'bob'), says(11, 'bob')));
  t.strictSame(placesOf(talk), ['message 11', 'message 12']);
  t.equal(talk.unread, 2);
  t.end();
});

await test('what a snapshot has counted is not counted again when it comes', (t) => {
  const told = room({ number: 12, read: 10, unread: 2 });
  t.equal(theRoom(after(online([told]), says(11, 'bob'), says(12, 'bob'))).unread, 2);
  t.end();
});

await test('unread messages are counted as far as the server counts them', (t) => {
  const many = Array.from({ length: unreadMax + 1 }, (_, index) => says(11 + index, 'bob'));
  t.equal(theRoom(after(online(), ...many)).unread, unreadMax);
  t.end();
});

await test('a message to a room that one is not in changes nothing', (t) => {
  const before = after(online([]));
  t.equal(later(before, says(11, 'bob')), before);
  t.end();
});

await test('one’s own message takes the place of what was on its way', (t) => {
  const talk = theRoom(after(online(), sends('a', 'hi'), says(11, 'alice', 'hi')));
  t.strictSame(placesOf(talk), ['message 11']);
  t.strictSame(talk.outgoing, []);
  t.end();
});

await test('of two that say the same, each takes the place of one', (t) => {
  const both = [sends('a', 'hi'), sends('b', 'hi'), says(11, 'alice', 'hi')];
  t.strictSame(
    theRoom(after(online(), ...both)).outgoing.map(({ id }) => id),
    ['b'],
  );
  t.end();
});

await test('a direct message begins a conversation with whoever is not oneself', (t) => {
  const state = after(online(), writes(1, 'bob', 'alice'), writes(1, 'alice', 'carol'));
  t.match(theDirect(state, 'bob'), { unread: 1, last: { text: 'psst' } });
  t.match(theDirect(state, 'carol'), { unread: 0 });
  t.end();
});

await test('a direct message that is shown twice is there once and counts once', (t) => {
  const talk = theDirect(
    after(online(), writes(4, 'bob', 'alice'), writes(4, 'bob', 'alice')),
    'bob',
  );
  t.strictSame(placesOf(talk), ['message 4']);
  t.equal(talk.unread, 1);
  t.end();
});

await test('what a followed user says elsewhere is gathered, once, with its room', (t) => {
  const state = after(online(), followed(3), followed(3), followed(4));
  t.strictSame(
    state.followed.map(({ name, place }) => `${name} ${place}`),
    ['Berlin 3', 'Berlin 4'],
  );
  t.equal(state.followedUnread, 2);
  const seen = later(state, { type: 'opened', place: { kind: 'followed' } }, watches());
  t.equal(seen.followedUnread, 0);
  t.equal(later(seen, followed(5)).followedUnread, 0, 'it is being watched');
  t.end();
});

await test('of what followed users say the oldest is forgotten', (t) => {
  const many = Array.from({ length: followedMax + 1 }, (_, index) => followed(index + 1));
  const state = after(online(), ...many);
  t.equal(state.followed.length, followedMax);
  t.equal(state.followed[0]?.place, 2);
  t.end();
});

function followed(number: number) {
  const place = { room: 'berlin', name: 'Berlin', epoch: 'e1', number, at: number };
  return heard({ type: 'followed', ...place, user: 'bob', text: 'moin' });
}
