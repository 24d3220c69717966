import { hostname } from 'node:os';
import { test } from 'tap';
import { isLoopback, originOn } from '../../adapters/listening-host.ts';
import type { Options } from '../../cli/settings.ts';
import { optionsOf, problemsOf } from './parsed-serve-options.ts';

/** What a server is given that was told nothing of browsers. */
const firstFree = (port: number) => ({ port, portMax: 8_542 });

await test('a server is named after where it listens, or after its machine', async (t) => {
  t.match(optionsOf({ host: '192.0.2.1' }).servers, [{ name: '192.0.2.1-1222' }]);
  t.match(optionsOf({ host: '::1' }).servers, [{ name: '__1-1222' }], 'no name has a colon');
  t.match(optionsOf({ host: '0.0.0.0' }).servers, [{ name: `${hostname()}-1222` }]);
});

await test('the certificate is for the host too, if it is one that clients can name', async (t) => {
  t.strictSame(optionsOf({ host: '192.0.2.1' }).certificates, {
    dir: './certs',
    names: ['192.0.2.1'],
  });
  t.strictSame(optionsOf({ host: '0.0.0.0', certs: 'c' }).certificates, { dir: 'c', names: [] });
});

await test('each server meets browsers on a port of its own, unless it is told not to', async (t) => {
  const port = ['1222', '1223', '1224'];
  const webs = (flags: Options): readonly unknown[] =>
    optionsOf({ port, ...flags }).servers.map(({ web }) => web);
  t.strictSame(webs({}), [firstFree(8443), firstFree(8444), firstFree(8445)]);
  t.strictSame(webs({ webPort: ['443', '0', '8443'] }), [{ port: 443 }, undefined, { port: 8443 }]);
  t.strictSame(webs({ webPort: ['0'] }), [undefined, undefined, undefined]);
  const webUrl = ['https://a.example', 'https://B.example:443/', 'https://[2001:db8::1]:8443'];
  t.strictSame(webs({ webUrl }), [
    { ...firstFree(8443), url: 'https://a.example' },
    { ...firstFree(8444), url: 'https://b.example' },
    { ...firstFree(8445), url: 'https://[2001:db8::1]:8443' },
  ]);
  t.strictSame(optionsOf({ port, webUrl, host: '192.0.2.1' }).certificates, {
    dir: './certs',
    names: ['192.0.2.1', 'a.example', 'b.example', '2001:db8::1'],
  });
});

await test('browsers are told of an address that leads to the server from this machine', async (t) => {
  for (const [host, origin] of [
    ['127.0.0.1', 'https://localhost:8443'],
    ['localhost', 'https://localhost:8443'],
    ['::1', 'https://[::1]:8443'],
    ['192.0.2.1', 'https://192.0.2.1:8443'],
    ['0.0.0.0', `https://${hostname().toLowerCase()}:8443`],
  ] as const)
    t.equal(originOn(host, 8443), origin, host);
});

await test('a port that makes no sense is told by itself, and counts as given', async (t) => {
  t.strictSame(problemsOf({ port: ['0'], webPort: ['abc'], webUrl: ['https://chat.example'] }), [
    '--port should be a whole number from 1 to 65535, not "0".',
    '--web-port should be a whole number from 0 to 65535, not "abc".',
  ]);
});

await test('what makes no sense for browsers is told', async (t) => {
  t.strictSame(
    problemsOf({
      port: ['1222', '1223'],
      webPort: ['1223'],
      webUrl: ['http://chat.example', 'https://chat.example/page', 'chat'],
      allowedOrigin: ['*', 'http://localhost:5173'],
      metricsFrom: ['10/8'],
    }),
    [
      '--web-url belongs to --port: give as many, 2, not 3.',
      '--web-url should be an address such as https://chat.example:8443, without a path, not "http://chat.example".',
      '--web-url should be an address such as https://chat.example:8443, without a path, not "https://chat.example/page".',
      '--web-url should be an address such as https://chat.example:8443, without a path, not "chat".',
      '--web-port belongs to --port: give as many, 2, not 1.',
      '--allowed-origin should be an address such as https://chat.example:8443, without a path, not "*".',
      '--metrics-from should be an address or a network such as 10.0.0.0/8, not "10/8".',
      'Each port can be listened on once, but 1223 is given twice.',
    ],
  );
  t.match(problemsOf({ webPort: ['1', '2'] }), ['--web-port belongs to --port: give one, not 2.']);
  t.match(problemsOf({ webPort: ['x'] }), [/^--web-port should be a whole number from 0 to 65535/]);
});

await test('demo accounts can be had on every loopback address and on no other', async (t) => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    t.ok(isLoopback(host), host);
    t.ok(optionsOf({ demo: true, host }).demo, host);
  }
  for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.example.org', 'example.org']) {
    t.notOk(isLoopback(host), host);
    t.equal(problemsOf({ demo: true, host }).length, 1, host);
  }
});
