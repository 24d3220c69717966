import { test } from 'tap';

import type { Message } from '../../../../adapters/page/state/entry.ts';
import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import { entriesMax, withEntries } from '../../../../adapters/page/state/timeline.ts';
import { after, lobby, online, passes, placesOf, says, theRoom, later } from './story.ts';

const asked: PageEvent = { type: 'historyAsked', key: lobby, gap: undefined };
const message = (place: number): Message => ({
  kind: 'message',
  place,
  at: place,
  user: 'bob',
  text: 'x',
});
const read = (places: readonly number[], more: boolean): PageEvent => ({
  type: 'historyRead',
  key: lobby,
  gap: undefined,
  messages: places.map(message),
  more,
});

await test('what is older goes before what is there, in order, and once', (t) => {
  const state = after(online(), passes('joined', 11, 'carol'), says(12, 'bob'), asked);
  t.equal(theRoom(state).timeline.older, 'loading');
  const talk = theRoom(later(state, read([8, 10, 12], true)));
  t.strictSame(placesOf(talk), ['message 8', 'message 10', 'joined 11', 'message 12']);
  t.equal(talk.timeline.older, 'more');
  t.end();
});

await test('where nothing is older, that is known', (t) => {
  const talk = theRoom(after(online(), asked, read([], false)));
  t.equal(talk.timeline.older, 'none');
  t.end();
});

await test('what could not be read can be asked for again', (t) => {
  const failed: PageEvent = { type: 'historyFailed', key: lobby, gap: undefined };
  t.equal(theRoom(after(online(), asked, failed)).timeline.older, 'failed');
  t.end();
});

await test('the last line of a room is known when it is read', (t) => {
  t.equal(theRoom(after(online(), asked, read([9, 10], true))).last?.place, 10);
  t.end();
});

await test('past its limit a timeline lets go of the oldest, which can be read again', (t) => {
  const many = Array.from({ length: entriesMax + 5 }, (_, index) => message(index + 1));
  const timeline = withEntries({ entries: [], older: 'none' }, many);
  t.equal(timeline.entries.length, entriesMax);
  t.equal(timeline.entries[0]?.place, 6);
  t.equal(timeline.older, 'more');
  t.end();
});
