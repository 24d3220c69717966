import { test } from 'tap';

import { listen } from './listening.ts';

await test('the page is served, and asked for again each time; what it loads is kept for ever', async (t) => {
  await using web = await listen(t);
  const page = await web.ask('/?from=a-bookmark');
  t.match(page, {
    status: 200,
    body: '<!doctype html>',
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  });
  t.match(await web.ask('/favicon.svg'), {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' },
  });
  const script = await web.ask('/assets/page-K3WXY7ZQ.js');
  t.match(script, {
    status: 200,
    body: 'export {};',
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
  const { etag = '' } = page.headers;
  for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await web.ask('/', { headers: { 'if-none-match': held } });
    t.match(again, { status: 304, body: '', headers: { etag } }, held);
  }
  const changed = await web.ask('/', { headers: { 'if-none-match': script.headers.etag } });
  t.equal(changed.status, 200);
});

await test('a page is asked for without its body too, and nothing else is done with it', async (t) => {
  await using web = await listen(t);
  t.match(await web.ask('/', { method: 'HEAD' }), {
    status: 200,
    body: '',
    headers: { 'content-length': '15' },
  });
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])
    t.match(
      await web.ask('/', { method }),
      {
        status: 405,
        body: 'Only GET and HEAD are answered here.\n',
        headers: { allow: 'GET, HEAD', connection: 'close' },
      },
      method,
    );
});

await test('what is not there is said in words, also where there is no page', async (t) => {
  await using web = await listen(t, { page: '/nowhere' });
  t.match(await web.ask('/'), {
    status: 404,
    body: 'The page is not part of this installation; the chat runs. Build it: npm run build.\n',
  });
  t.match(await web.ask('/constructor'), {
    status: 404,
    body: 'There is nothing at this address. The chat is at /.\n',
  });
});
