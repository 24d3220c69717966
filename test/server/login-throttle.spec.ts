import { deepStrictEqual } from 'node:assert/strict';

import { loginDelayMsMax, LoginThrottle, rememberedMax } from '../../server/login-throttle.ts';
import { scene } from '../support/chat-harness.ts';
import { rule } from '../support/given.ts';

const home = '192.0.2.1';
const away = '198.51.100.7';

function failing(address: string, user: string, times: number, throttle = new LoginThrottle()) {
  for (let time = 0; time < times; time++) throttle.begin(address, user).end('failed');
  return throttle;
}

/** What the next attempt would wait. */
function delayMs(throttle: LoginThrottle, address: string, user: string): number {
  const attempt = throttle.begin(address, user);
  attempt.end('abandoned');
  return attempt.delayMs;
}

rule('a few mistakes cost nothing, then each more, and never more than the limit', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map((times) =>
    delayMs(failing(home, 'alice', times), home, 'alice'),
  );
  deepStrictEqual(delays, [
    0,
    0,
    0,
    250,
    500,
    1_000,
    2_000,
    4_000,
    loginDelayMsMax,
    loginDelayMsMax,
  ]);
});
rule(
  'a flood of names is remembered up to a bound, and the oldest is forgotten for the next',
  () => {
    const throttle = failing(away, 'alice', 3);
    const flood = (from: number, to: number): void => {
      for (let name = from; name < to; name++) failing(away, `name-${name}`, 1, throttle);
    };
    flood(1, rememberedMax);
    deepStrictEqual(delayMs(throttle, home, 'alice'), 250);
    // To be looked at is to be remembered: all the others are older now.
    flood(rememberedMax, 2 * rememberedMax);
    deepStrictEqual(delayMs(throttle, home, 'alice'), 0);
  },
);
rule('failures slow down the account from everywhere, and the address for every account', () => {
  const throttle = failing(away, 'alice', 3);
  deepStrictEqual(delayMs(throttle, home, 'alice'), 250);
  deepStrictEqual(delayMs(throttle, away, 'bob'), 250);
  deepStrictEqual(delayMs(throttle, home, 'bob'), 0);
});
rule('an account’s own address is slowed down by its own failures alone', () => {
  const throttle = new LoginThrottle();
  throttle.begin(home, 'alice').end('succeeded');
  failing(away, 'alice', 100, throttle);
  deepStrictEqual(delayMs(throttle, home, 'alice'), 0);
  failing(home, 'alice', 4, throttle);
  deepStrictEqual(delayMs(throttle, home, 'alice'), 500);
});
rule('a login forgets the failures of its account', () => {
  const throttle = failing(home, 'alice', 4);
  throttle.begin(home, 'alice').end('succeeded');
  deepStrictEqual([delayMs(throttle, home, 'alice'), delayMs(throttle, away, 'alice')], [0, 0]);
});

rule('guesses at one account at the same moment count for one another', () => {
  const throttle = new LoginThrottle();
  const begin = (address: string, user: string) => throttle.begin(address, user);
  const attempts = Array.from({ length: 5 }, (_, number) => begin(`192.0.2.${number}`, 'alice'));
  deepStrictEqual(
    attempts.map((attempt) => attempt.delayMs),
    [0, 0, 0, 250, 500],
  );
  deepStrictEqual(begin(home, 'bob').delayMs, 0);
  for (const attempt of attempts) attempt.end('abandoned');
  deepStrictEqual(begin(home, 'alice').delayMs, 0);
});
rule('logins at the same moment from an account’s own address are not slowed down', () => {
  const throttle = new LoginThrottle();
  throttle.begin(home, 'alice').end('succeeded');
  const delays = Array.from({ length: 20 }, () => throttle.begin(home, 'alice').delayMs);
  deepStrictEqual(new Set(delays), new Set([0]));
});

scene('failed logins from one address are answered more and more slowly', async (chat) => {
  const address = '203.0.113.5';
  const client = await chat.client(0, { address });
  const durations: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const startedAt = performance.now();
    client.send('LOGIN alice wrong');
    await client.sees('ERROR: Invalid credentials.');
    durations.push(performance.now() - startedAt);
  }
  const [, , , fourth = 0, fifth = 0] = durations;
  deepStrictEqual([fourth >= 240, fifth >= 490], [true, true], durations.join(' '));
  const elsewhere = await chat.client(0);
  elsewhere.send('LOGIN bob letmein');
  await elsewhere.sees('SUCCESS: Welcome bob. You are in lobby.');
});

scene('only a wrong password counts as a failed login', async (chat) => {
  const address = '203.0.113.6';
  await chat.login('alice', 1);
  const client = await chat.client(0, { address });
  for (let attempt = 0; attempt < 8; attempt++) {
    client.send('LOGIN alice password123', 'LOGIN alice', '/nonsense');
    await client.sees('ERROR: User already logged in elsewhere.');
  }
  deepStrictEqual(delayMs(chat.server(0).throttle, address, 'alice'), 0);
});
