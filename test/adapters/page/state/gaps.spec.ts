import { test } from 'tap';

import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import { after, heard, lobby, online, placesOf, says, theRoom, later } from './story.ts';

const hole: PageEvent = heard({ type: 'hole', room: 'lobby', epoch: 'e1', from: 12, to: 14 });
const message = (place: number) =>
  ({ kind: 'message', place, at: place, user: 'bob', text: 'x' }) as const;

await test('numbers that were passed over are a gap where they belong', (t) => {
  const talk = theRoom(after(online(), says(11, 'bob'), hole, says(15, 'bob')));
  t.strictSame(placesOf(talk), ['message 11', 'gap 12', 'message 15']);
  t.equal(talk.number, 15);
  t.end();
});

await test('a gap is filled by what is read for it, and is gone', (t) => {
  const state = after(online(), says(11, 'bob'), hole, says(15, 'bob'));
  const asked = later(state, { type: 'historyAsked', key: lobby, gap: 12 });
  t.match(theRoom(asked).timeline.entries[1], { kind: 'gap', loading: true });
  const messages = [12, 13, 14, 15].map(message);
  const read = later(asked, { type: 'historyRead', key: lobby, gap: 12, messages, more: false });
  t.strictSame(placesOf(theRoom(read)), [
    'message 11',
    'message 12',
    'message 13',
    'message 14',
    'message 15',
  ]);
  t.end();
});

await test('a gap that is larger than a reading shrinks', (t) => {
  const state = after(online(), says(11, 'bob'), hole, says(15, 'bob'));
  const read = { key: lobby, gap: 12, messages: [message(12)], more: true } as const;
  const talk = theRoom(later(state, { type: 'historyRead', ...read }));
  t.strictSame(placesOf(talk), ['message 11', 'message 12', 'gap 13', 'message 15']);
  t.match(talk.timeline.entries[2], { from: 13, to: 14, loading: false });
  t.end();
});

await test('a gap that could not be read stays and can be asked for again', (t) => {
  const state = after(online(), hole, { type: 'historyAsked', key: lobby, gap: 12 });
  const failed = later(state, { type: 'historyFailed', key: lobby, gap: 12 });
  t.match(theRoom(failed).timeline.entries, [{ kind: 'gap', loading: false }]);
  t.end();
});

await test('what is no longer kept is a gap, and what comes next follows it', (t) => {
  const rooms = [{ room: 'lobby', epoch: 'e1', from: 11, to: 40 }];
  const gap = heard({ type: 'gap', reason: 'retention', rooms });
  const talk = theRoom(after(online(), gap, says(41, 'bob')));
  t.match(talk.timeline.entries[0], { kind: 'gap', reason: 'retention', from: 11, to: 40 });
  t.strictSame(placesOf(talk), ['gap 11', 'message 41']);
  t.end();
});

await test('a log that was set back takes what it changed out, and says where', (t) => {
  const before = after(online(), says(11, 'bob'), says(12, 'bob'), says(13, 'bob'));
  const rooms = [{ room: 'lobby', epoch: 'e2', from: 12 }];
  const state = later(before, heard({ type: 'gap', reason: 'epoch', rooms }));
  t.strictSame(placesOf(theRoom(state)), ['message 11', 'gap 11.9']);
  t.match(theRoom(state), { epoch: 'e2', number: 11, last: { place: 11 }, unread: 0 });
  const again = later(state, says(12, 'carol'));
  t.strictSame(placesOf(theRoom(again)), ['message 11', 'gap 11.9', 'message 12']);
  t.equal(theRoom(again).unread, 1);
  t.end();
});

await test('a gap of a room that one is not in is nothing', (t) => {
  const state = after(online([]));
  t.equal(later(state, hole), state);
  t.end();
});
