import { deepStrictEqual } from 'node:assert/strict';

import { isOriginAllowed, originsUnder, parseOrigin } from '../../../adapters/http/web-origins.ts';
import { rule } from '../../support/given.ts';

const host = 'chat.example:8443';
const allowed = ['https://other.example:8443', 'http://localhost:5173'];
const isAllowed = (origin?: string): boolean => isOriginAllowed({ origin, host }, allowed);

rule('a page of the server that is asked is allowed', () =>
  deepStrictEqual(isAllowed('https://chat.example:8443'), true),
);
rule('the default port is in no origin', () =>
  deepStrictEqual(
    isOriginAllowed({ origin: 'https://chat.example', host: 'Chat.Example:443' }, []),
    true,
  ),
);
rule('pages of the other servers, and of whom the operator names, are allowed', () =>
  deepStrictEqual(allowed.map(isAllowed), [true, true]),
);
rule('a program, which has no page, is allowed', () => deepStrictEqual(isAllowed(), true));
rule('no other page is allowed', () => {
  const others = [
    'null',
    '',
    'https://chat.example',
    'http://chat.example:8443',
    'https://chat.example:8443/',
    'https://chat.example:8443.evil.example',
    'https://evil.example',
  ];
  for (const origin of others) deepStrictEqual([origin, isAllowed(origin)], [origin, false]);
  deepStrictEqual(isOriginAllowed({ origin: 'https://x', host: undefined }, []), false);
  deepStrictEqual(isOriginAllowed({ origin: 'https://x', host: ' ' }, []), false);
});

rule('a server is found under each name of the certificate, at its own port', () =>
  deepStrictEqual(
    originsUnder(['localhost', '127.0.0.1', '::1', '*.chat.example'], ['https://localhost:8444']),
    [
      'https://localhost:8444',
      'https://localhost:8444',
      'https://127.0.0.1:8444',
      'https://[::1]:8444',
      'https://*.chat.example:8444',
    ],
  ),
);
rule('an address in the log that is no origin allows nothing', () =>
  deepStrictEqual(originsUnder(['localhost'], ['', 'data:x']), []),
);

rule('an origin is written as browsers write it', () => {
  deepStrictEqual(parseOrigin('https://Chat.Example:443/'), 'https://chat.example');
  deepStrictEqual(parseOrigin('http://[0:0::1]:80'), 'http://[::1]');
});
rule('what is no origin, or more than one, is none', () => {
  for (const text of [
    '',
    'chat.example',
    'chat.example:8443',
    'ftp://chat.example',
    'https://',
    'https://chat.example/page',
    'https://chat.example/?a',
    'https://user@chat.example',
    '*',
    'null',
  ])
    deepStrictEqual([text, parseOrigin(text)], [text, undefined]);
});
