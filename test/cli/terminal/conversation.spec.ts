import { test } from 'tap';

import { backOffMs } from '../../../cli/terminal/reconnection.ts';
import { greeting, Told, welcome } from './told.ts';

const takenOver = 'ERROR: Session taken over from another connection.';
const stopping = 'ERROR: This server is stopping. Connect again, or to another server.';

await test('a login leads into the lobby', async (t) => {
  const talk = new Told();
  t.strictSame(talk.line(greeting), ['-> LOGIN alice pw']);
  t.match(talk.line(welcome), [welcome, /help/, 'chat lobby> ', '-> /receipts on']);
  t.strictSame(talk.line('SUCCESS: Receipts on.'), [], 'what was not asked for is not shown');
});

await test('whose account is suspended or erased is told so, and does not come back', async (t) => {
  for (const why of ['This account is suspended.', 'This account was erased.']) {
    const talk = new Told();
    talk.line(greeting);
    talk.line(welcome);
    talk.line(`ERROR: ${why}`);
    t.equal(talk.closed().at(-1), 'finish 1', why);
  }
});

await test('a wanted room is joined after the login', async (t) => {
  const talk = new Told({ room: 'IITKGP' });
  talk.line(greeting);
  t.equal(talk.line(welcome).at(-1), '-> /join IITKGP');
  t.strictSame(talk.line('SUCCESS: Joined IITKGP'), ['SUCCESS: Joined IITKGP', 'chat IITKGP> ']);
});

await test('what is said is shown here and sent', async (t) => {
  const talk = new Told().loggedIn();
  t.strictSame(talk.entered('hello'), ['own [lobby] alice: hello', '-> hello']);
  t.strictSame(talk.entered('//slash'), ['own [lobby] alice: /slash', '-> //slash']);
  t.strictSame(talk.entered('/rooms'), ['lobby> /rooms', '-> /rooms']);
  t.strictSame(talk.entered('  '), []);
  t.strictSame(talk.line('STORED lobby 0a 1', 'Rooms: lobby'), ['Rooms: lobby']);
});

await test('passwords are not shown when they are changed', async (t) => {
  const talk = new Told().loggedIn();
  t.strictSame(talk.entered('/passwd pw other-pw'), [
    'lobby> /passwd ********',
    '-> /passwd pw other-pw',
  ]);
  talk.line('SUCCESS: Password changed.');
  talk.closed();
  talk.waited();
  t.strictSame(talk.line(greeting), ['-> LOGIN alice other-pw']);
});

await test('a line that no server takes is given back', async (t) => {
  const talk = new Told().loggedIn();
  const text = '漢'.repeat(1_366);
  t.match(talk.entered(text), [/^! Not sent: 4098 bytes/, `giveBack ${text}`]);
});

await test('receipts are shown to somebody who asked for them', async (t) => {
  const talk = new Told().loggedIn();
  talk.entered('/receipts on');
  t.strictSame(talk.line('SUCCESS: Receipts on.', 'STORED lobby 0a 1').length, 2);
});

await test('a lost connection comes back to the same room, with the same password', async (t) => {
  const talk = new Told().loggedIn();
  talk.line('SUCCESS: Joined IITKGP');
  t.match(talk.closed(), [/^! The connection was lost/, 'chat (offline)> ', /in 1 s/, 'wait 500']);
  t.strictSame(talk.waited(), ['connect']);
  t.strictSame(talk.line(greeting), ['-> LOGIN alice pw']);
  t.strictSame(talk.line(welcome), [
    welcome,
    'Connected again.',
    'chat lobby> ',
    '-> /receipts on',
    '-> /join IITKGP',
  ]);
});

await test('what was not confirmed before a loss is named', async (t) => {
  const talk = new Told().loggedIn();
  for (const text of ['one', 'two', 'three']) talk.entered(text);
  talk.line('STORED lobby 0a 1', 'ERROR: Message too long (3800 bytes at most).');
  t.ok(talk.closed().includes('! Perhaps not sent: three'));
  talk.waited();
  talk.line(greeting, welcome);
  t.notOk(
    talk.closed().some((told) => told.includes('three')),
    'once',
  );
});

await test('without a connection nothing is sent, and nothing typed is lost', async (t) => {
  const talk = new Told().loggedIn();
  talk.closed();
  t.match(talk.entered('hello'), [/^! Not sent/, 'giveBack hello']);
  t.strictSame(talk.entered('/quit'), ['hangUp', 'finish 0']);
});

await test('each failed attempt is waited for longer, and the reason is told once', async (t) => {
  const talk = new Told().loggedIn();
  talk.closed();
  talk.waited();
  const refused = 'Nobody listens at localhost:1222.';
  t.match(talk.closed(refused), [`! ${refused}`, 'chat (offline)> ', /in 1 s/, 'wait 1000']);
  talk.waited();
  t.match(talk.closed(refused), ['chat (offline)> ', 'wait 2000']);
});

await test('waits double up to half a minute, shortened by chance to half at most', async (t) => {
  t.strictSame(
    [0, 1, 2, 3, 4, 5, 60].map((failures) => backOffMs(failures, 1)),
    [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
  );
  t.equal(backOffMs(3, 0), 4_000);
});

await test('a session that was taken over does not come back', async (t) => {
  const talk = new Told().loggedIn();
  t.strictSame(talk.line(takenOver), [takenOver]);
  t.match(talk.closed(), [/^! .*took it over/, 'finish 1']);
  t.strictSame(talk.quit(), [], 'nothing happens any more');
});

await test('a server that stops is come back to, and its words are reason enough', async (t) => {
  const talk = new Told().loggedIn();
  talk.line(stopping);
  t.match(talk.closed(), ['The server hung up.', 'chat (offline)> ', /Reconnecting/, 'wait 500']);
});

await test('the first connection must succeed', async (t) => {
  t.strictSame(new Told().closed('Nobody listens at localhost:1222.'), [
    '! Nobody listens at localhost:1222.',
    'finish 1',
  ]);
});

await test('a certificate that is refused ends it, also later on', async (t) => {
  const talk = new Told().loggedIn();
  talk.closed();
  talk.waited();
  t.strictSame(talk.closed('Not trusted.', false), ['! Not trusted.', 'finish 1']);
});

await test('a connection that ended during a question is made again for the answer', async (t) => {
  const talk = new Told({ password: undefined });
  t.strictSame(talk.line(greeting), ['ask Password for alice: ']);
  t.strictSame(talk.line('ERROR: Login timed out.'), []);
  t.strictSame(talk.closed(), []);
  t.strictSame(talk.entered('pw'), ['connect']);
  t.strictSame(talk.line(greeting), ['-> LOGIN alice pw']);
});

await test('a password that was changed elsewhere is asked for after a loss', async (t) => {
  const talk = new Told().loggedIn();
  talk.closed();
  talk.waited();
  talk.line(greeting);
  t.equal(talk.line('ERROR: Invalid credentials.', greeting).at(-1), 'ask Password for alice: ');
  t.strictSame(talk.entered('new'), ['-> LOGIN alice new']);
});

await test('a busy server is asked again over the same connection', async (t) => {
  const talk = new Told();
  talk.line(greeting);
  t.equal(talk.line('ERROR: Busy, try again in 2 s.', greeting).at(-1), 'wait 2000');
  t.strictSame(talk.waited(), ['-> LOGIN alice pw']);
});

await test('the refusal is shown, not the hints for people without a client', async (t) => {
  const talk = new Told();
  talk.line(greeting);
  const hint = 'To end the other session: LOGIN <user> <pass> TAKEOVER';
  t.match(talk.line('ERROR: User already logged in elsewhere.', greeting, hint), [
    'ERROR: User already logged in elsewhere.',
    /^ask .*\(y\/N\)/,
  ]);
});

await test('who quits says goodbye, and goes in 2 s at the latest', async (t) => {
  const talk = new Told().loggedIn();
  t.strictSame(talk.entered('/quit'), ['lobby> /quit', '-> /quit', 'wait 2000']);
  t.strictSame(talk.line('SUCCESS: Goodbye alice.'), ['SUCCESS: Goodbye alice.']);
  t.strictSame(talk.closed(), ['finish 0']);
  const stuck = new Told().loggedIn();
  t.strictSame(stuck.quit(), ['-> /quit', 'wait 2000']);
  t.strictSame(stuck.waited(), ['hangUp', 'finish 0']);
});

await test('who quits before a login has failed to connect', async (t) => {
  t.strictSame(new Told().quit(), ['hangUp', 'finish 1']);
});

await test('a program gets no second connection', async (t) => {
  const talk = new Told({ interactive: false });
  t.strictSame(talk.line(greeting, welcome), ['-> LOGIN alice pw', welcome, 'chat lobby> ']);
  t.match(talk.closed(), [/^! The connection was lost/, 'finish 1']);
});
