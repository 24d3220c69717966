import { deepStrictEqual } from 'node:assert/strict';

import { isInRange, loopbackRanges, parseRange } from '../../adapters/address-range.ts';
import { rule } from '../support/given.ts';

const within = (range: string, address: string | undefined): boolean =>
  isInRange(address, [parseRange(range) ?? []].flat());

rule('a range holds the addresses that begin alike', () => {
  deepStrictEqual(within('10.0.0.0/8', '10.255.0.1'), true);
  deepStrictEqual(within('10.0.0.0/8', '11.0.0.1'), false);
  deepStrictEqual(within('2001:db8::/32', '2001:db8:1::1'), true);
  deepStrictEqual(within('2001:db8::/32', '2001:db9::1'), false);
});
rule('an address alone is a range of one', () => {
  deepStrictEqual(within('192.0.2.7', '192.0.2.7'), true);
  deepStrictEqual(within('192.0.2.7', '192.0.2.8'), false);
  deepStrictEqual(within('::1', '::1'), true);
});
rule('an IPv4 address counts as one however it is written', () => {
  deepStrictEqual(within('10.0.0.0/8', '::ffff:10.0.0.1'), true);
  deepStrictEqual(within('::/0', '10.0.0.1'), false);
});
rule('this machine is its loopback addresses', () =>
  deepStrictEqual(
    ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '192.0.2.1', '::2', undefined, ''].map(
      (address) => isInRange(address, loopbackRanges),
    ),
    [true, true, true, true, false, false, false, false],
  ),
);
rule('what is no range is none', () => {
  for (const text of [
    '',
    '10',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::1/129',
    'host/8',
    '1.2.3.4/8/8',
  ])
    deepStrictEqual([text, parseRange(text)], [text, undefined]);
});
