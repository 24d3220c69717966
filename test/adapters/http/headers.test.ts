import { text } from 'node:stream/consumers';
import { test } from 'tap';

import { within } from '../../support/until.ts';
import { foreignCertificate, listen } from './listening.ts';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self' wss://north.example:8443 wss://south.example; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** The addresses of the servers come out of the log: the last of these are none. */
const servers = [
  'https://north.example:8443',
  'https://south.example',
  "https://x'; script-src *",
  'javascript:1',
];

await test('every answer carries the headers that keep a browser safe', async (t) => {
  await using web = await listen(t, { servers: () => servers });
  const asked = {
    'the page': web.ask('/'),
    'what it loads': web.ask('/assets/page-K3WXY7ZQ.js'),
    'what is not there': web.ask('/nothing'),
    'a path that climbs': web.ask('/../server.key'),
    'a path that is none': web.ask('/%zz'),
    'a method that is not for reading': web.ask('/', { method: 'POST' }),
    'a method that nobody knows': web.ask('/', { method: 'PROPFIND' }),
    'a state': web.ask('/readyz'),
    'a failure': web.ask('/metrics'),
    'headers that are too long': web.ask('/', { headers: { long: 'x'.repeat(20_000) } }),
  };
  const codes: Record<string, number> = {};
  for (const [what, answer] of Object.entries(asked)) {
    const { status, headers } = await answer;
    codes[what] = status;
    t.match(
      headers,
      {
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      },
      what,
    );
    t.equal(headers['strict-transport-security'], undefined, what);
  }
  t.same(Object.values(codes), [200, 200, 404, 404, 400, 405, 405, 200, 500, 431]);
});

await test('what is no HTTP is answered in words, with the same headers', async (t) => {
  await using web = await listen(t, { servers: () => servers });
  const socket = web.tls();
  socket.write('LOGIN alice password123\n\n');
  const answer = await within(text(socket), 5_000, 'an answer');
  t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  t.match(answer, `content-security-policy: ${policy}\r\n`);
  t.match(answer, /\r\n\r\nThis is no request that can be understood\.\n$/);
});

await test('browsers insist on HTTPS only where the certificate is not a development one', async (t) => {
  await using development = await listen(t, { servers: () => servers });
  t.equal((await development.ask('/')).headers['strict-transport-security'], undefined);
  await using outside = await listen(t, {}, await foreignCertificate());
  const { headers } = await outside.ask('/nothing');
  t.equal(headers['strict-transport-security'], 'max-age=31536000');
});
