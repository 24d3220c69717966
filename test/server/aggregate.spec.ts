import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { openMemory } from '../../adapters/memory/event-store.ts';
import type { ChatEvent } from '../../core/event.ts';
import type { EventStore } from '../../core/event-store.ts';
import { loadAccount, loadFollowing, loadSession } from '../../server/aggregate.ts';
import { completeEnd } from '../../server/incarnation-end.ts';
import { sweepCredentials } from '../../server/credential-sweep.ts';
import { commitTo, newEvent } from '../support/events.ts';

const hourMs = 3_600_000;
const open = { user: 'alice', session: 's1', server: 'north', incarnation: 1 };
const opened: ChatEvent = { type: 'SessionOpened', data: open };
const closed: ChatEvent = {
  type: 'SessionClosed',
  data: { user: 'alice', session: 's1', reason: 'logout' },
};
/** By the first word of an event's type. */
const streams: Readonly<Record<string, string>> = {
  Server: 'server:north',
  Session: 'session:alice',
};
const server = (type: 'ServerStarted' | 'ServerStopped' | 'ServerLost', incarnation: number) =>
  ({ type, data: { server: 'north', incarnation } }) as const;

for (const partitions of [1, 8]) {
  const sessionAfter = async (...events: readonly ChatEvent[]): Promise<string> => {
    const { events: store } = openMemory({ partitions });
    for (const event of events) {
      await write(store, event);
      if (event.type === 'ServerStopped' || event.type === 'ServerLost')
        await completeEnd(store, event.type, 'north', event.data.incarnation);
    }
    return (await loadSession(store, 'alice')).state.status;
  };
  void test(`a session is open until it or its server’s incarnation ends (partitions: ${partitions})`, async () => {
    const started = server('ServerStarted', 1);
    deepStrictEqual(await sessionAfter(), 'closed');
    deepStrictEqual(await sessionAfter(started, opened), 'open');
    deepStrictEqual(await sessionAfter(started, opened, closed), 'closed');
    for (const end of ['ServerStopped', 'ServerLost'] as const) {
      deepStrictEqual(await sessionAfter(started, opened, server(end, 1)), 'closed');
      const anew = [server(end, 1), server('ServerStarted', 3)];
      deepStrictEqual(await sessionAfter(started, opened, ...anew), 'closed');
    }
  });
}

void test('a session is open until its server’s end has come to its own partition', async () => {
  const { events: store } = openMemory({ partitions: 8 });
  const isOpen = async (): Promise<boolean> =>
    (await loadSession(store, 'alice')).state.status === 'open';
  const { incarnation } = open;
  for (const event of [server('ServerStarted', 1), opened, server('ServerLost', incarnation)])
    await write(store, event);
  deepStrictEqual(await isOpen(), true);
  await completeEnd(store, 'ServerLost', 'north', incarnation);
  deepStrictEqual(await isOpen(), false);
});

void test('a long history of subscriptions is read to its end', async () => {
  const { events } = openMemory();
  const changes = Array.from({ length: 1_201 }, (_, number): ChatEvent => {
    const type = number % 2 === 0 ? 'UserSubscribed' : 'UserUnsubscribed';
    return { type, data: { user: 'alice', target: 'bob' } };
  });
  const commit = commitTo('following:alice', ...changes.map((event) => newEvent(event)));
  await events.writer('tool', 0).append(commit);
  const { targets, revision } = await loadFollowing(events, 'alice');
  deepStrictEqual([[...targets], revision], [['bob'], 1_201]);
  deepStrictEqual((await loadAccount(events, 'alice')).revision, 0);
});

void test('a hash that no account names is swept after an hour, and no other is', async () => {
  const stores = openMemory();
  const put = (id: string, user: string, createdAt: number): Promise<void> =>
    stores.credentials.put({ id, user, hash: id, createdAt });
  await put('named', 'alice', 0);
  await put('replaced', 'alice', 0);
  await put('orphan', 'carol', 0);
  await put('young', 'carol', 1);
  await write(stores.events, {
    type: 'AccountRegistered',
    data: { user: 'alice', credential: 'replaced' },
  });
  await write(stores.events, {
    type: 'PasswordChanged',
    data: { user: 'alice', credential: 'named', reason: 'changed' },
  });
  deepStrictEqual(await sweepCredentials(stores, hourMs), 2);
  const kept: string[] = [];
  for await (const { id } of stores.credentials.list()) kept.push(id);
  deepStrictEqual(kept, ['named', 'young']);
  deepStrictEqual(await sweepCredentials(stores, hourMs + 1), 1);
});

async function write(store: EventStore, event: ChatEvent): Promise<void> {
  const stream = streams[event.type.replace(/(?<=[a-z])[A-Z].*/, '')] ?? 'account:alice';
  await store.writer('tool', 0).append(commitTo(stream, newEvent(event)));
}
