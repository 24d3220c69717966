import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';

import { Reconnection, waitMs } from '../../../adapters/websocket-client/reconnection.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const hosts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
const address = (host: string) => `wss://${host}.example:8443/ws`;
const now = 1_800_000_000_000;

void test('a wait is as long as chance has it, up to a bound that doubles to 15 seconds', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), chance, (attempt, random) => {
      const bound = Math.min(250 * 2 ** (attempt - 1), 15_000);
      strictEqual(waitMs(attempt, random), Math.round(bound * random));
    }),
  );
  deepStrictEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => waitMs(attempt, 1)),
    [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000],
  );
});

void test('each server is tried once before one is tried again', async () => {
  fc.assert(
    fc.property(hosts, hosts, fc.nat(20), (given, known, before) => {
      const reconnection = new Reconnection(given.map(address), () => 0);
      for (let lost = 0; lost < before; lost += 1) reconnection.lost(now);
      const last = reconnection.url;
      reconnection.know(known.map(address));
      const all = new Set([last, ...known.map(address), ...given.map(address)]);
      const tried: string[] = [];
      for (let turn = 0; turn < 2 * all.size; turn += 1) {
        reconnection.lost(now);
        tried.push(reconnection.url);
      }
      const [once, again] = [tried.slice(0, all.size), tried.slice(all.size)];
      deepStrictEqual(new Set(once), all);
      deepStrictEqual(again, once);
      if (all.size > 1) ok(once[0] !== last, 'the server that was lost is not the first');
    }),
  );
});

void test('waits grow over connections that do not last, and begin anew after one that did', async () => {
  const reconnection = new Reconnection([address('a')], () => 1);
  const lostAfter = (ms: number) => {
    reconnection.online(now);
    return reconnection.lost(now + ms);
  };
  deepStrictEqual(
    [lostAfter(1_000), lostAfter(4_999), reconnection.lost(now)],
    [250, 500, 1_000].map((ms, index) => ({ attempt: index + 1, waitMs: ms })),
  );
  deepStrictEqual(lostAfter(5_000), { attempt: 1, waitMs: 250 });
});

void test('an origin is an address too, and no address is an error', async () => {
  strictEqual(new Reconnection(['https://chat.example:8443'], () => 0).url, address('chat'));
  strictEqual(new Reconnection(['ws://localhost:1/other'], () => 0).url, 'ws://localhost:1/other');
  throws(() => new Reconnection([], () => 0), RangeError);
  throws(() => new Reconnection(['nowhere'], () => 0), TypeError);
});
