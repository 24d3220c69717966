import { deepStrictEqual, match } from 'node:assert/strict';
import pino from 'pino';

import { auditLog } from '../../adapters/audit/log-audit.ts';
import { openMemory } from '../../adapters/memory/event-store.ts';
import type { EventStore } from '../../core/event-store.ts';
import { Sealer } from '../../server/sealer.ts';
import { Sealing } from '../../server/sealing.ts';
import { unsealedSince } from '../../server/unsealed.ts';
import { testKey } from '../audit/sealed-records.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { rule } from '../support/given.ts';
import { until } from '../support/until.ts';

const key = testKey();
const log = pino({ level: 'silent' });
const withinMs = 200;
/** As often as a server looks whether there is something to seal, several times over. */
const idleLooks = 60;

interface Watched {
  readonly events: EventStore;
  /** How often the log was looked at. */
  looks: number;
  say(howMany: number): Promise<void>;
}

async function whileSealing(
  servers: number,
  plan: { readonly withinMs: number },
  check: (watched: Watched) => Promise<void>,
): Promise<void> {
  const { events, log: memory } = openMemory();
  const writer = events.writer('a', 1);
  const watched: Watched = {
    events,
    looks: 0,
    say: async (howMany) => {
      for (let said = 0; said < howMany; said++)
        await writer.append(commitTo('room:lobby', messagePosted(`${said}`)));
    },
  };
  const positions = (): readonly number[] => {
    watched.looks += 1;
    return [memory.partition(0).head];
  };
  const running = Array.from(
    { length: servers },
    (_, number) =>
      new Sealing({ key, ...plan }, { events, server: `server-${number}`, positions, log }),
  );
  for (const sealing of running) sealing.start();
  try {
    await check(watched);
  } finally {
    for (const sealing of running) await sealing.stop();
  }
}

const sealedTo = async (events: EventStore): Promise<number> =>
  (await auditLog(events, { keys: [], others: [] }, () => {})).partitions[0]?.sealed ?? 0;

rule('what is said is sealed in time, and an idle log then grows by nothing', () =>
  whileSealing(3, { withinMs }, async (watched) => {
    const { events } = watched;
    await watched.say(5);
    await until(async () => (await sealedTo(events)) >= 6, {
      what: 'the log to be sealed',
      withinMs: 20_000,
    });
    const { position } = await events.head(0);
    const enough = watched.looks + idleLooks;
    await until(() => watched.looks > enough, { what: 'more looks', withinMs: 20_000 });
    deepStrictEqual((await events.head(0)).position, position);
  }),
);

rule(
  'a server whose key does not count says so once for each partition, and seals nothing',
  async () => {
    const { events, log: memory } = openMemory({ partitions: 2 });
    let looks = 0;
    const positions = (): readonly number[] => {
      looks += 1;
      return [0, 1].map((partition) => memory.partition(partition).head);
    };
    const first = new Sealer(events, key, 'first');
    for (const partition of [0, 1]) await first.seal(partition);
    const before = positions();
    const told: unknown[] = [];
    const write = (line: string): void => void told.push(JSON.parse(line));
    const around = {
      events,
      server: 'second',
      positions,
      log: pino({ level: 'error' }, { write }),
    };
    const sealing = new Sealing({ key: testKey(), withinMs }, around);
    sealing.start();
    try {
      await until(() => looks > idleLooks, { what: 'looks at the log', withinMs: 20_000 });
    } finally {
      await sealing.stop();
    }
    const words = /sealed with another signing key, and that does not vouch for ours/;
    match(JSON.stringify(told), words);
    deepStrictEqual(
      told.map((line) => (line as { readonly partition: number }).partition),
      [0, 1],
    );
    deepStrictEqual(positions(), before);
  },
);

rule('a thousand records are sealed before their time has come', () =>
  whileSealing(1, { withinMs: 3_600_000 }, async (watched) => {
    await watched.say(1);
    await until(() => watched.looks > 0, { what: 'a first look', withinMs: 20_000 });
    await watched.say(1_300);
    await until(async () => (await sealedTo(watched.events)) >= 1_300, {
      what: 'the log to be sealed',
      withinMs: 20_000,
    });
  }),
);

rule(
  'of a sealed log each partition tells what is not sealed, and of any other none does',
  async () => {
    const { events, log: memory } = openMemory({ partitions: 2 });
    const sealer = new Sealer(events, key, 'a');
    const since = (): Promise<unknown> =>
      Promise.all([0, 1].map((partition) => unsealedSince(events, partition)));
    deepStrictEqual(await since(), [null, null]);
    await sealer.seal(0);
    const [began] = memory.partition(1).readStored(1, 1);
    deepStrictEqual(await since(), [undefined, began?.at]);
    await sealer.seal(1);
    deepStrictEqual(await since(), [undefined, undefined]);
  },
);
