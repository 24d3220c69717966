import { test } from 'tap';

import { networkOf } from '../../adapters/network.ts';

await test('an IPv4 address is its own network, however it is written', async (t) => {
  t.equal(networkOf('192.0.2.1'), '192.0.2.1');
  t.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
  t.equal(networkOf('::FFFF:c000:201'), '192.0.2.1');
});

await test('IPv6 addresses with the same first 64 bits are of one network', async (t) => {
  const network = networkOf('2001:db8::1');
  t.equal(network, '2001:db8:0:0::/64');
  for (const same of ['2001:DB8:0:0:1:2:3:4', '2001:db8::ffff:ffff:ffff:ffff', '2001:db8::%eth0'])
    t.equal(networkOf(same), network, same);
  for (const other of ['2001:db8:0:1::1', '2001:db9::1', '::1', 'fe80::1'])
    t.not(networkOf(other), network, other);
});

await test('what is no address is a network of its own', async (t) => {
  t.equal(networkOf(undefined), 'unknown');
  t.equal(networkOf('a socket'), 'a socket');
});
