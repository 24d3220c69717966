import { test } from 'tap';

import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import {
  after,
  lobby,
  online,
  opens,
  placesOf,
  says,
  sends,
  theRoom,
  later,
  watches,
} from './story.ts';

const failed: PageEvent = {
  type: 'notStored',
  key: lobby,
  id: 'a',
  failed: { kind: 'failed', words: 'Too many messages.', unknown: false, sequence: undefined },
};
const unknown: PageEvent = {
  ...failed,
  failed: { kind: 'failed', words: 'Not confirmed.', unknown: true, sequence: 7 },
};
const stored = (place: number): PageEvent => ({ type: 'stored', key: lobby, id: 'a', place });

await test('what is sent is pending, and ends the line of what is new', (t) => {
  const talk = theRoom(after(online(), says(11, 'bob'), opens(), watches(), sends('a', 'hi')));
  t.match(talk.outgoing, [{ id: 'a', status: { kind: 'pending' } }]);
  t.equal(talk.newAfter, undefined);
  t.end();
});

await test('an answer that comes before the message itself keeps it in sight', (t) => {
  const answered = after(online(), sends('a', 'hi'), stored(11));
  t.match(theRoom(answered).outgoing, [{ status: { kind: 'stored', place: 11 } }]);
  const talk = theRoom(later(answered, says(11, 'alice', 'hi')));
  t.strictSame([placesOf(talk), talk.outgoing], [['message 11'], []]);
  t.end();
});

await test('an answer that comes after the message itself changes nothing', (t) => {
  const talk = theRoom(after(online(), sends('a', 'hi'), says(11, 'alice', 'hi'), stored(11)));
  t.strictSame([placesOf(talk), talk.outgoing], [['message 11'], []]);
  t.end();
});

await test('the answer finds its message also where the store cleaned the text', (t) => {
  const messages = [sends('a', 'h\u0007i'), says(11, 'alice', 'hi'), stored(11)];
  t.strictSame(theRoom(after(online(), ...messages)).outgoing, []);
  t.end();
});

await test('what was refused says why, can be sent again, and can be put away', (t) => {
  const state = after(online(), sends('a', 'hi'), failed);
  t.match(theRoom(state).outgoing, [{ status: { kind: 'failed', words: 'Too many messages.' } }]);
  const again = later(state, { type: 'resending', key: lobby, id: 'a' });
  t.match(theRoom(again).outgoing, [{ status: { kind: 'pending' } }]);
  t.strictSame(theRoom(later(state, { type: 'discarded', key: lobby, id: 'a' })).outgoing, []);
  t.end();
});

await test('what was refused is not taken for a message that says the same', (t) => {
  const talk = theRoom(after(online(), sends('a', 'hi'), failed, says(11, 'alice', 'hi')));
  t.equal(talk.outgoing.length, 1);
  t.end();
});

await test('what is unknown is found when it turns out to be stored', (t) => {
  const talk = theRoom(after(online(), sends('a', 'hi'), unknown, says(11, 'alice', 'hi')));
  t.strictSame(talk.outgoing, []);
  t.end();
});

await test('what is unknown is found in the history that is read later', (t) => {
  const state = after(online(), sends('a', 'hi'), unknown, online(undefined, { fresh: true }));
  t.match(
    theRoom(state).outgoing,
    [{ id: 'a', status: { unknown: true, sequence: undefined } }],
    'a new login keeps it, but not its number in the old session',
  );
  const messages = [{ kind: 'message', place: 11, at: 11, user: 'alice', text: 'hi' }] as const;
  const read = { key: lobby, gap: undefined, messages, more: false };
  t.strictSame(theRoom(later(state, { type: 'historyRead', ...read })).outgoing, []);
  t.end();
});

await test('an older message that said the same is another one', (t) => {
  const messages = [{ kind: 'message', place: 9, at: 9, user: 'alice', text: 'hi' }] as const;
  const read = { key: lobby, gap: undefined, messages, more: false };
  const state = after(online(), sends('a', 'hi'), { type: 'historyRead', ...read });
  t.equal(theRoom(state).outgoing.length, 1);
  t.end();
});
