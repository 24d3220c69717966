import { deepStrictEqual } from 'node:assert/strict';

import { WebSocket } from 'ws';

import { passwordOf } from '../../support/chat-harness.ts';
import { commitTo, directMessagePosted } from '../../support/events.ts';
import { FrameClient } from '../../support/frame-client.ts';
import { type WebHarness, webScenes } from '../../support/web-harness.ts';

webScenes('who is cut off right after a login is shown again what was kept', async (web) => {
  await keepForBob(web, 'one');
  const first = await deafLogin(web);
  await seesDirect(first, 'one');
  first.vanish();
  const resumed = await deafConnection(web, 1);
  await resumed.resume(first.begun);
  await seesDirect(resumed, 'one');
  resumed.vanish();
  const again = await web.login('bob', 0);
  await seesDirect(again, 'one');
  await web.chat.until(() => web.chat.records('ReadMarked').length === 1, 'the mark');
  again.vanish();
  const last = await web.login('bob', 1);
  await last.asks({ type: 'ping' });
  deepStrictEqual(
    last.shown.filter(({ type }) => type === 'direct'),
    [],
  );
});

webScenes('what was shown live is shown again to who never answered a ping since', async (web) => {
  const bob = await deafLogin(web);
  await keepForBob(web, 'one');
  await seesDirect(bob, 'one');
  // That it speaks tells nothing of what it has heard.
  await bob.asks({ type: 'ping' });
  bob.vanish();
  const again = await web.login('bob', 1);
  await seesDirect(again, 'one');
});

webScenes('a client that answers the latest of several pings has what came before', async (web) => {
  const bob = await deafLogin(web);
  await keepForBob(web, 'one');
  await seesDirect(bob, 'one');
  bob.webSocket.pong('0');
  bob.webSocket.pong('no ping of ours');
  await bob.asks({ type: 'ping' });
  deepStrictEqual(web.chat.records('ReadMarked').length, 0);
  bob.webSocket.pong('9');
  await web.chat.until(() => web.chat.records('ReadMarked').length === 1, 'the mark');
});

webScenes(
  'who is not sent all that was kept is told so, at a login and at a resume',
  async (web) => {
    const messages = Array.from({ length: 2_001 }, (_, n) =>
      directMessagePosted('eve', 'bob', `${n}`),
    );
    await web.chat
      .store(0)
      .writer('tool', 0)
      .append(commitTo('direct:bob:eve', ...messages));
    const bob = await deafConnection(web, 0);
    const session = await bob.login('bob', passwordOf('bob'));
    deepStrictEqual(session.moreDirect, true);
    for (let n = 0; n < 1_000; n++) await seesDirect(bob, `${n}`);
    bob.vanish();
    // What was sent is not known to have come: the resume begins with the same.
    const resumed = await web.connect(1);
    deepStrictEqual((await resumed.resume(bob.begun)).moreDirect, true);
    await marked(web, 1);
    await resumed.asks({ type: 'logout' });
    const again = await web.connect(0);
    deepStrictEqual((await again.login('bob', passwordOf('bob'))).moreDirect, true);
    await marked(web, 2);
    await again.asks({ type: 'logout' });
    const last = await web.connect(1);
    deepStrictEqual((await last.login('bob', passwordOf('bob'))).moreDirect, undefined);
    await seesDirect(last, '2000');
  },
);

async function marked(web: WebHarness, times: number): Promise<void> {
  await web.chat.until(() => web.chat.records('ReadMarked').length === times, 'the mark');
}

async function keepForBob(web: WebHarness, text: string): Promise<void> {
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'direct', to: 'bob', text, sequence: 1 });
  await alice.asks({ type: 'logout' });
}

async function seesDirect(client: FrameClient, text: string): Promise<void> {
  deepStrictEqual((await client.sees('direct')).text, text);
}

/** A client that answers no ping, as though nothing of what it is sent had come. */
async function deafConnection(web: WebHarness, server: number): Promise<FrameClient> {
  const webSocket = new WebSocket(web.url(server), 'securechat.v1', { autoPong: false });
  const client = new FrameClient(webSocket);
  await client.sees('hello');
  return client;
}

async function deafLogin(web: WebHarness): Promise<FrameClient> {
  const client = await deafConnection(web, 0);
  await client.login('bob', passwordOf('bob'));
  return client;
}
