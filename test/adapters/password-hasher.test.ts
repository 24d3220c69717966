import { setImmediate as turn } from 'node:timers/promises';

import { hash } from 'argon2';
import { test } from 'tap';

import {
  HasherBusy,
  hashesPerNetworkMax,
  hashQueueMax,
  PasswordHasher,
} from '../../adapters/password-hasher.ts';
import { gate } from '../support/gate.ts';

const password = 'correct-horse';

await test('a password is the one that was hashed, and no other is', async (t) => {
  const hasher = new PasswordHasher();
  const stored = await hasher.hash(password);
  t.match(stored, /^\$argon2id\$v=19\$m=19456,p=1,t=2\$|^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.equal(await hasher.verify(stored, password), true);
  t.equal(await hasher.verify(stored, `${password}x`), false);
  t.not(await hasher.hash(password), stored, 'each hash has a salt of its own');
});

await test('without a hash no password is right, not even the one that stands in', async (t) => {
  const hasher = new PasswordHasher();
  t.equal(await hasher.verify(undefined, password), false);
  t.equal(await hasher.verify(undefined, 'a password that nobody has'), false);
});

await test('a hash with weaker parameters is to be made anew', async (t) => {
  const hasher = new PasswordHasher();
  const weak = await hash(password, { memoryCost: 8_192, timeCost: 2, parallelism: 1 });
  const strong = await hasher.hash(password);
  t.same([hasher.needsRehash(weak), hasher.needsRehash(strong)], [true, false]);
  t.equal(await hasher.verify(weak, password), true);
});

await test('what nobody wants to know any more is not looked at', async (t) => {
  const hasher = new PasswordHasher();
  const stored = await hasher.hash(password);
  t.equal(await hasher.verify(stored, password, () => false), false);
  t.equal(await hasher.verify(stored, password, () => true), true);
});

await test('one past what a network may have under way is refused, and others are served', async (t) => {
  const hasher = new PasswordHasher();
  const shut = gate();
  const wait = (): Promise<void> => shut.opened;
  const working = Array.from({ length: hashesPerNetworkMax }, () => hasher.shared('a', wait));
  await t.rejects(hasher.shared('a', wait), HasherBusy);
  t.equal(await hasher.shared('b', async () => 'served'), 'served');
  shut.open();
  await Promise.all(working);
  t.equal(await hasher.shared('a', async () => 'served'), 'served');
});

await test('one past the queue is refused, and told when to try again', async (t) => {
  const hasher = new PasswordHasher();
  const weak = await hash(password, { memoryCost: 1_024, timeCost: 2, parallelism: 1 });
  const waiting: Promise<boolean>[] = [];
  let refused: unknown;
  // Some are worked on at once, and do not wait in the queue.
  while (refused === undefined && waiting.length < hashQueueMax * 2) {
    const attempt = hasher.verify(weak, password);
    const outcome = await Promise.race([attempt.catch((error: unknown) => error), turn()]);
    if (outcome instanceof Error) refused = outcome;
    else waiting.push(attempt);
  }
  t.type(refused, HasherBusy);
  t.ok(refused instanceof HasherBusy && refused.retryAfterSeconds >= 1);
  t.ok(waiting.length >= hashQueueMax, String(waiting.length));
  t.strictSame(new Set(await Promise.all(waiting)), new Set([true]), 'those that wait are served');
  t.equal(await hasher.verify(weak, password), true);
});
