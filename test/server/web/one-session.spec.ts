import { deepStrictEqual, match } from 'node:assert/strict';

import { webScene, webScenes } from '../../support/web-harness.ts';

const login = { type: 'login', user: 'alice', password: 'password123' } as const;

webScenes('a user has one session, on lines or on WebSocket', async (web) => {
  const alice = await web.login('alice', 0);
  const second = await web.connect(1);
  deepStrictEqual(await second.isRefused(login), 'AlreadyLoggedIn');
  const line = await web.chat.client(1);
  line.send('LOGIN alice password123');
  await line.sees('ERROR: User already logged in elsewhere.');
  line.send('LOGIN alice password123 TAKEOVER');
  await line.sees('SUCCESS: Welcome alice. You are in lobby.');
  deepStrictEqual(await alice.ended, { code: 4201, reason: 'TakenOver' });
  deepStrictEqual(await second.isRefused(login), 'AlreadyLoggedIn');
  await second.login('alice', 'password123', true);
  await line.sees('ERROR: Session taken over from another connection.');
});

webScenes('nobody sees a user leave who goes on in another session', async (web) => {
  const bob = await web.login('bob', 0);
  const first = await web.login('alice', 0);
  await bob.sees('joined', ({ user }) => user === 'alice');
  const second = await web.connect(1);
  await second.login('alice', 'password123', true);
  const hasLeft = (): boolean => web.chat.records('RoomLeft').length === 1;
  await web.chat.until(hasLeft, 'the first session to leave');
  await bob.say('lobby', 'still there?');
  for (const client of [bob, second]) {
    await client.sees('message');
    deepStrictEqual(
      client.shown.filter(({ type }) => type === 'left'),
      [],
    );
  }
  const numbers = bob.shown.flatMap((frame) => ('number' in frame ? [frame.number] : []));
  deepStrictEqual(numbers, [1, 2, 3, 4, 5], 'every place is told');

  // What comes after the opening's own place is shown again to whoever has only the opening.
  second.vanish();
  const again = await web.resume(second.begun, 0);
  await again.sees('message');
  deepStrictEqual(
    again.shown.filter(({ type }) => type === 'left'),
    [],
  );
  await first.ended;
});

webScenes('a login replaces a session whose connection was lost', async (web) => {
  const bob = await web.chat.login('bob', 1);
  const alice = await web.login('alice', 0);
  await bob.reads('[lobby] Server: alice joined.');
  alice.vanish();
  await web.chat.until(
    () => web.chat.records('SessionDetached').length === 1,
    'the session to be detached',
  );
  await bob.seesNothing();
  const again = await web.connect(1);
  await again.login('alice', 'password123');
  await again.asks({ type: 'ping' });
  await web.chat.until(() => web.chat.records('RoomLeft').length === 1, 'the old one to leave');
  await web.chat.settled();
  deepStrictEqual(
    web.chat.server(1).follower.view.rooms.byRoom.get('lobby')?.users.get('alice'),
    1,
  );
  const gone = await web.connect(0);
  deepStrictEqual(
    await gone.isRefused({ type: 'resume', token: alice.token, cursor: alice.cursor }),
    'SessionOver',
  );
});

webScene('registration, a change of the password, and where one is logged in', async (web) => {
  const carol = await web.connect(0);
  const session = await carol.asks({
    type: 'register',
    user: 'Carol',
    password: 'correct horse'.replace(' ', '-'),
  });
  deepStrictEqual([session.user, session.server], ['carol', 'server-0']);
  match(session.token, /^carol\./);
  deepStrictEqual(
    await carol.isRefused({ type: 'password', old: 'wrong', next: 'battery-staple' }),
    'WrongPassword',
  );
  await carol.asks({ type: 'password', old: 'correct-horse', next: 'battery-staple' });
  const { server, rooms } = await carol.asks({ type: 'sessions' });
  deepStrictEqual([server, rooms], ['server-0', ['lobby']]);
  await carol.asks({ type: 'logout' });
  const again = await web.connect(1);
  deepStrictEqual(
    await again.isRefused({ type: 'login', user: 'carol', password: 'correct-horse' }),
    'InvalidCredentials',
  );
  await again.login('carol', 'battery-staple');
});
