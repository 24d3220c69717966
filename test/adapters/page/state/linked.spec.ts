import { test } from 'tap';

import type { ClientState } from '../../../../adapters/websocket-client/client-state.ts';
import type { PageEvent } from '../../../../adapters/page/state/page-event.ts';
import { screenOf } from '../../../../adapters/page/state/screen.ts';
import {
  after,
  heard,
  lobby,
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

const linked = (state: ClientState): PageEvent => ({ type: 'linked', state, fresh: false });
const stopped = (why: 'TakenOver' | 'SessionEnded' | 'LoggedOut' | 'AccountSuspended') =>
  linked({ status: 'stopped', why, next: why === 'SessionEnded' ? 'logIn' : 'stayAway' });
const freshDave = { fresh: true, user: 'dave' } as const;
const lost = linked({
  status: 'reconnecting',
  attempt: 1,
  retryAtMs: 5,
  why: 'ConnectionLost',
});

await test('the store is out of reach until the server says that it is not, or another one goes on', (t) => {
  const away = heard({ type: 'store', reachable: false });
  const state = after(online(), away);
  t.same(state.link, { status: 'online', isStoreAway: true });
  const isBack = { status: 'online', isStoreAway: false };
  t.same(later(state, heard({ type: 'store', reachable: true })).link, isBack);
  t.same(later(state, lost, online()).link, isBack);
  t.equal(later(state, lost, away).link.status, 'reconnecting');
  t.end();
});

await test('a login shows its rooms, and what is unread since', (t) => {
  const unread = room({ number: 30, read: 12, unread: 17 });
  const state = after(online([unread, room({ room: 'berlin', name: 'Berlin' })]));
  t.match(theRoom(state), { unread: 17, newAfter: 12 });
  t.equal(state.talks.size, 2);
  t.equal(screenOf(state), 'chat');
  t.end();
});

await test('a resume keeps what is loaded, and takes what the server tells', (t) => {
  const before = after(online(), opens(), watches(), says(11, 'bob'), lost);
  t.equal(screenOf(before), 'chat', 'what is there can be read while the connection is lost');
  const state = later(before, online([room({ number: 13, members: ['alice'], unread: 2 })]));
  t.strictSame(placesOf(theRoom(state)), ['message 11']);
  t.strictSame([...theRoom(state).members], ['alice']);
  t.end();
});

await test('what was read here and not marked yet stays read after a resume', (t) => {
  const before = after(online(), opens(), watches(), says(11, 'bob'), lost);
  const state = later(before, online([room({ number: 12, read: 10, unread: 2 })]));
  t.match(theRoom(state), { read: 11, unread: 1 });
  t.end();
});

await test('a resume in a log that was set back loads the room anew', (t) => {
  const state = after(online(), says(11, 'bob'), online([room({ epoch: 'e2' })]));
  t.strictSame(placesOf(theRoom(state)), []);
  t.equal(theRoom(state).timeline.older, 'unasked');
  t.end();
});

await test('a room that the session is in no more is gone after a resume', (t) => {
  const state = after(online(), opens(), online([]));
  t.notOk(state.talks.has(lobby));
  t.same(state.open, { kind: 'nothing' });
  t.end();
});

await test('a new login of the same user loads anew and keeps what was being sent', (t) => {
  const before = after(
    online(),
    says(11, 'bob'),
    writes(1, 'bob', 'alice'),
    sends('a', 'hi'),
    stopped('SessionEnded'),
  );
  t.equal(screenOf(before), 'entry');
  t.match(before.entry, { user: 'alice', ended: 'SessionEnded' });
  const state = later(
    before,
    { type: 'entering', user: 'alice' },
    online([room()], { fresh: true }),
  );
  t.strictSame(placesOf(theRoom(state)), []);
  t.match(theRoom(state).outgoing, [{ id: 'a' }]);
  t.match(theDirect(state, 'bob'), { unread: 0, timeline: { older: 'unasked' } });
  t.end();
});

await test('nothing of one user is there for another', (t) => {
  const before = after(online(), writes(1, 'bob', 'alice'), sends('a', 'hi'));
  const login = [{ type: 'entering', user: 'dave' } as const, online([room()], freshDave)];
  const state = later(before, stopped('SessionEnded'), ...login);
  t.equal(state.me, 'dave');
  t.strictSame([...state.talks.keys()], [lobby]);
  t.strictSame(theRoom(state).outgoing, []);
  t.end();
});

await test('a logout leaves nothing behind', (t) => {
  const state = after(online(), says(11, 'bob'), stopped('LoggedOut'));
  t.equal(screenOf(state), 'entry');
  t.match(state, { me: undefined, talks: new Map(), entry: { user: '', ended: 'LoggedOut' } });
  t.end();
});

await test('a tab that was taken over stays away until somebody asks, with the name kept', (t) => {
  const state = after(online(), stopped('TakenOver'));
  t.equal(screenOf(state), 'parted');
  const back = later(state, { type: 'returning' });
  t.equal(screenOf(back), 'entry');
  t.match(back.entry, { user: 'alice', ended: 'TakenOver' });
  t.end();
});

await test('a tab that gave its session to another is put aside', (t) => {
  t.equal(screenOf(after(online(), { type: 'handedOver' })), 'parted');
  t.end();
});

await test('whose account is suspended is told so, and not asked to log in', (t) => {
  t.equal(screenOf(after(online(), stopped('AccountSuspended'))), 'parted');
  t.end();
});

await test('who has never logged in sees the form from the beginning', (t) => {
  t.equal(screenOf(after()), 'entry');
  const greeting = linked({ status: 'greeting', server: 'chat-1', registration: 'open' });
  t.match(after(greeting), { registration: 'open', server: 'chat-1' });
  t.end();
});

await test('a login that is refused says why, and the form is free again', (t) => {
  const words = 'User already logged in elsewhere.';
  const state = after(
    { type: 'entering', user: 'alice' },
    { type: 'notEntered', code: 'AlreadyLoggedIn', words },
  );
  t.match(state.entry, { busy: false, user: 'alice', refusal: { code: 'AlreadyLoggedIn', words } });
  t.equal(later(state, { type: 'entering', user: 'alice' }).entry.refusal, undefined);
  t.end();
});

await test('words about what was asked before a login are not shown after it', (t) => {
  const noticed = { type: 'noticed', words: 'The rooms could not be listed.' } as const;
  const ended = after(online(), stopped('SessionEnded'), noticed);
  t.strictSame(later(ended, online([room()], { fresh: true })).notices, []);
  t.equal(after(online(), noticed, lost, online()).notices.length, 1);
  t.end();
});

await test('whoever logs out leaves nothing behind, whether the server knows it yet or not', (t) => {
  const state = after(online(), opens(), says(11, 'bob'), lost, { type: 'loggedOut' });
  t.equal(screenOf(state), 'entry');
  t.match(state, {
    me: undefined,
    open: { kind: 'nothing' },
    entry: { ended: 'LoggedOut', user: '' },
  });
  t.equal(state.talks.size, 0);
  t.end();
});
