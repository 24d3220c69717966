import { test } from 'tap';

import { addressText, parseAddress } from '../../../cli/terminal/address.ts';

await test('an address is a host, a port or both', async (t) => {
  const addresses: readonly (readonly [string, string, number])[] = [
    ['localhost:1223', 'localhost', 1223],
    ['chat.example.org', 'chat.example.org', 1222],
    ['1223', 'localhost', 1223],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:1223', '::1', 1223],
    ['[::1]', '::1', 1222],
  ];
  for (const [typed, host, port] of addresses)
    t.strictSame(parseAddress(typed), { host, port }, typed);
});

await test('what is none is refused', async (t) => {
  for (const typed of ['', ':1222', '::1', 'a:b', 'a:0', 'a:65536', '99999', 'a b', 'tls://a:1'])
    t.equal(parseAddress(typed), undefined, typed);
});

await test('an address is shown as it is typed', async (t) => {
  for (const typed of ['localhost:1222', '[::1]:1223']) {
    const address = parseAddress(typed);
    t.equal(address && addressText(address), typed);
  }
});
