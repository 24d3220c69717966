import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { randomId } from '../../server/random-id.ts';
import type { Random } from '../cluster/under-faults/random.ts';

/**
 * The ids that servers draw decide the order of what happens, so they follow from the seed: until
 * the result is disposed of, Node's random bytes do. Nothing in the server knows of it.
 */
export function seedIds(random: Random): Disposable {
  const { randomFillSync } = crypto;
  let isFresh = false;
  drawFrom((bytes) => {
    isFresh = true;
    for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256);
    return bytes;
  });
  // Bytes that were drawn before are used up first.
  for (;;) {
    randomId();
    if (isFresh) break;
  }
  return { [Symbol.dispose]: () => drawFrom(randomFillSync) };
}

/** Everybody who imports it by its name gets the new one. */
function drawFrom(randomFillSync: (bytes: Buffer) => Buffer): void {
  Object.assign(crypto, { randomFillSync });
  syncBuiltinESMExports();
}
