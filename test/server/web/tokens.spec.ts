import { deepStrictEqual, notStrictEqual } from 'node:assert/strict';

import { setPassword, setSuspended } from '../../../server/accounts.ts';
import type { FrameClient } from '../../support/frame-client.ts';
import { type WebHarness, webScene, webScenes } from '../../support/web-harness.ts';

const change = { type: 'password', old: 'password123', next: 'battery-staple' } as const;
const actor = { server: 'tool', incarnation: 0 };

webScenes(
  'a change of the password voids the token, and gives its session another',
  async (web) => {
    const alice = await web.login('alice', 0);
    const stolen = { token: alice.token, cursor: alice.cursor };
    const { token = '' } = await alice.asks(change);
    notStrictEqual(token, stolen.token);
    await isVoid(web, stolen);
    // The session goes on, here and after a loss.
    await alice.say('lobby', 'still here');
    alice.vanish();
    await isDetached(web);
    const again = await web.resume({ ...stolen, token }, 1);
    deepStrictEqual(again.token, token);
    await isVoid(web, stolen);
    await again.say('lobby', 'back', 2);
    deepStrictEqual(web.chat.records('SessionClosed').length, 0);
  },
);

webScene('a change that is refused leaves the token as it is', async (web) => {
  const alice = await web.login('alice', 0);
  deepStrictEqual(await alice.isRefused({ ...change, old: 'wrong' }), 'WrongPassword');
  deepStrictEqual(await alice.isRefused({ ...change, next: 'short' }), 'InvalidPassword');
  await web.resume(alice, 1);
});

webScenes(
  'a password that an operator gives ends the session, and voids its token',
  async (web) => {
    const alice = await web.login('alice', 0);
    const reset = { user: 'alice', password: 'battery-staple', reason: 'reset' } as const;
    await setPassword(web.chat.server(1), actor, reset);
    deepStrictEqual(await alice.ended, { code: 4102, reason: 'PasswordReset' });
    await isVoid(web, alice);
    const again = await web.connect(1);
    await again.login('alice', 'battery-staple');
  },
);

webScene('a password that an operator gives ends a session that waits', async (web) => {
  const alice = await web.login('alice', 0);
  alice.vanish();
  await isDetached(web);
  const reset = { user: 'alice', password: 'battery-staple', reason: 'reset' } as const;
  await setPassword(web.chat.server(1), actor, reset);
  await isVoid(web, alice);
});

webScenes('a suspension voids the token for good', async (web) => {
  const alice = await web.login('alice', 0);
  await setSuspended(web.chat.server(1), actor, { user: 'alice', suspended: true });
  deepStrictEqual((await alice.ended).code, 4202);
  await isVoid(web, alice);
  await setSuspended(web.chat.server(1), actor, { user: 'alice', suspended: false });
  await isVoid(web, alice);
  await web.login('alice', 1);
});

webScene('a logout, and a login that takes over, void the token', async (web) => {
  const alice = await web.login('alice', 0);
  const second = await web.connect(1);
  await second.login('alice', 'password123', true);
  await isVoid(web, alice);
  await second.asks({ type: 'logout' });
  await isVoid(web, second);
});

/** On either server. */
async function isVoid(
  web: WebHarness,
  { token, cursor }: { readonly token: string; readonly cursor: string },
): Promise<void> {
  for (const server of [0, 1]) {
    const thief: FrameClient = await web.connect(server);
    deepStrictEqual(await thief.isRefused({ type: 'resume', token, cursor }), 'SessionOver');
  }
}

const isDetached = ({ chat }: WebHarness): Promise<void> =>
  chat.until(() => chat.records('SessionDetached').length > 0, 'the session to be detached');
