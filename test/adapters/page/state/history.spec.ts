import { test } from 'tap';

import type { Message } from '../../../../adapters/page/state/entry.ts';
import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import { entriesMax, oldestPlace, withEntries } from '../../../../adapters/page/state/timeline.ts';
import { after, lobby, online, passes, placesOf, says, theRoom, later } from './story.ts';

const asked: PageEvent = { type: 'historyAsked', key: lobby, gap: undefined };
const message = (place: number): Message => ({
  kind: 'message',
  place,
  at: place,
  user: 'bob',
  text: 'x',
});
const read = (
  places: readonly number[],
  more: boolean,
  [from, to]: readonly number[] = [],
): PageEvent => ({
  type: 'historyRead',
  key: lobby,
  gap: undefined,
  messages: places.map(message),
  more,
  expired: from === undefined || to === undefined ? undefined : { from, to },
});

await test('what is older goes before what is there, in order, and once', (t) => {
  const state = after(online(), passes('joined', 11, 'carol'), says(12, 'bob'), asked);
  t.equal(theRoom(state).timeline.older, 'loading');
  const talk = theRoom(later(state, read([8, 10, 12], true)));
  t.strictSame(placesOf(talk), ['message 8', 'message 10', 'joined 11', 'message 12']);
  t.equal(talk.timeline.older, 'more');
  t.end();
});

await test('what is no longer kept is one gap, however many pages it is told in', (t) => {
  const first = after(online(), says(12, 'bob'), asked, read([10], true, [7, 9]));
  t.equal(oldestPlace(theRoom(first).timeline), 7, 'what is older is asked for before it');
  const talk = theRoom(later(first, asked, read([], false, [1, 6])));
  t.strictSame(placesOf(talk), ['gap 1', 'message 10', 'message 12']);
  const [gap] = talk.timeline.entries;
  t.strictSame(gap, { kind: 'gap', place: 1, from: 1, to: 9, reason: 'retention', loading: false });
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
