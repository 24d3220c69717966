import { test } from 'tap';

import { isHere } from '../../../../adapters/page/state/page-state.ts';
import { peopleOf } from '../../../../adapters/page/state/people.ts';
import { neighbour, orderedTalks } from '../../../../adapters/page/state/talk-order.ts';
import { directKey, nameOf } from '../../../../adapters/page/state/talk.ts';
import {
  after,
  later,
  online,
  opens,
  passes,
  room,
  says,
  theDirect,
  theRoom,
  watches,
  writes,
} from './story.ts';

const berlin = room({ room: 'berlin', name: 'Berlin' });

await test('a room that is joined is there, and one that is left is gone', (t) => {
  const joined = after(online(), { type: 'roomJoined', room: berlin });
  t.strictSame(orderedTalks(joined, 'room').map(nameOf), ['Berlin', 'Lobby']);
  const left = later(joined, { type: 'roomLeft', room: 'berlin' });
  t.strictSame(orderedTalks(left, 'room').map(nameOf), ['Lobby']);
  t.equal(later(left, { type: 'roomLeft', room: 'berlin' }), left);
  t.end();
});

await test('where something was said last stands first', (t) => {
  const state = after(online([berlin, room()]), says(11, 'bob'));
  t.strictSame(orderedTalks(state, 'room').map(nameOf), ['Lobby', 'Berlin']);
  t.end();
});

/** As the server lists a conversation. */
const listed = (peer: string, number: number, unread = 0) => {
  return {
    peer,
    unread,
    read: number - unread,
    last: { number, at: number, from: peer, to: 'alice', text: `number ${number}` },
  };
};

await test('conversations are listed as they ended, unless something came meanwhile', (t) => {
  const state = after(online([]), { type: 'directsAsked' }, writes(3, 'bob', 'alice'), {
    type: 'directsListed',
    directs: [listed('bob', 2), listed('carol', 1)],
  });
  const ends = orderedTalks(state, 'direct').map(({ peer, last, unread }) => [
    peer,
    last?.place,
    unread,
  ]);
  t.strictSame(ends, [
    ['bob', 3, 1],
    ['carol', 1, 0],
  ]);
  t.ok(later(state, online([])).areDirectsAsked, 'a resume asks no second time');
  t.notOk(later(state, online([], { fresh: true })).areDirectsAsked, 'a login does');
  t.end();
});

await test('a list tells what is unread, and what came or was read meanwhile is newer', (t) => {
  const bob = directKey('bob');
  const directs = [listed('bob', 5, 2)];
  const listedNow = { type: 'directsListed', directs } as const;
  const state = after(online([]), listedNow);
  t.match(theDirect(state, 'bob'), { unread: 2, newAfter: 3, read: 0 });
  const more = after(online([]), writes(6, 'bob', 'alice'), listedNow);
  t.match(theDirect(more, 'bob'), { unread: 3, newAfter: 3, last: { place: 6 } });
  const kept = after(online([]), writes(5, 'bob', 'alice'), listedNow);
  t.equal(theDirect(kept, 'bob').unread, 2, 'counted once');
  const looking = after(online([]), writes(5, 'bob', 'alice'), opens(bob), watches());
  t.match(theDirect(later(looking, listedNow), 'bob'), { unread: 0, read: 5 });
  const gone = later(looking, watches(false), listedNow);
  t.match(theDirect(gone, 'bob'), { unread: 0, read: 5 });
  const seen = later(looking, writes(6, 'bob', 'alice'));
  t.match(theDirect(seen, 'bob'), { unread: 0, read: 6 });
  t.end();
});

await test('the next and the one before go around rooms and conversations', (t) => {
  const state = after(online([berlin, room()]), writes(1, 'bob', 'alice'), opens());
  const steps = [neighbour(state, 1), neighbour(state, -1)].map((talk) => talk && nameOf(talk));
  t.strictSame(steps, ['bob', 'Berlin']);
  t.end();
});

await test('a conversation can be begun before anything was said, once', (t) => {
  const state = after(online(), { type: 'directStarted', peer: 'bob' });
  t.strictSame(orderedTalks(state, 'direct').map(nameOf), ['bob']);
  t.equal(later(state, { type: 'directStarted', peer: 'bob' }), state);
  t.end();
});

await test('whom one follows changes when the server has said so', (t) => {
  const state = after(online(undefined, { following: ['bob'] }));
  const more = later(state, { type: 'followChanged', user: 'carol', follows: true });
  t.strictSame([...more.following], ['bob', 'carol']);
  const less = later(more, { type: 'followChanged', user: 'bob', follows: false });
  t.strictSame([...less.following], ['carol']);
  t.end();
});

await test('whoever is in a room of one’s own is here', (t) => {
  const state = after(online());
  t.strictSame([isHere(state, 'bob'), isHere(state, 'carol')], [true, false]);
  t.end();
});

await test('people of a room are its members, oneself first, and who was there', (t) => {
  const state = after(
    online(),
    says(11, 'carol'),
    passes('joined', 12, 'dave'),
    passes('left', 13, 'dave'),
  );
  t.strictSame(peopleOf(theRoom(state), 'alice'), {
    here: ['alice', 'bob'],
    away: ['dave', 'carol'],
  });
  t.end();
});

await test('notices are kept until they are closed, and not without end', (t) => {
  const notices = ['1', '2', '3', '4', '5'].map((words) => ({ type: 'noticed', words }) as const);
  const state = after(...notices);
  t.strictSame(
    state.notices.map(({ words }) => words),
    ['2', '3', '4', '5'],
  );
  t.equal(later(state, { type: 'noticeClosed', id: 5 }).notices.length, 3);
  t.end();
});
