import { deepStrictEqual } from 'node:assert/strict';

import { openMemory } from '../../adapters/memory/event-store.ts';
import { MemoryLog } from '../../adapters/memory/log.ts';
import { sealStores } from '../../adapters/sealing/seal-stores.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { KeyStore } from '../../core/key-store.ts';
import { foldLog } from '../../server/folded-log.ts';
import { recentBytesMax, RecentRecords } from '../../server/recent-records.ts';
import { someMasterKey } from '../adapters/sealing/some-master-key.ts';
import { rule } from '../support/given.ts';
import { joins, says, write } from '../support/memory-history.ts';

const at = (position: number, text = 'hello'): Recorded => ({
  id: `record ${position}`,
  actor: { server: 'a', incarnation: 1 },
  cause: 'a test',
  event: { type: 'MessagePosted', data: { room: 'lobby', user: 'alice', session: 's1' }, text },
  partition: 0,
  position,
  stream: 'room:lobby',
  revision: position,
  at: 0,
});

const from = (
  recent: RecentRecords,
  position: number,
  partition = 0,
): Promise<readonly Recorded[] | undefined> => recent.from(partition, position, undefined);

const firstOf = async (recent: RecentRecords, position: number): Promise<number | undefined> =>
  (await from(recent, position))?.[0]?.position;

rule('what came after a position is kept, with the record at it', async () => {
  const recent = new RecentRecords(1);
  for (const position of [4, 5, 6]) recent.add(at(position));
  deepStrictEqual(
    (await from(recent, 5))?.map(({ position }) => position),
    [5, 6],
  );
  deepStrictEqual(await from(recent, 3), undefined);
  deepStrictEqual(await from(recent, 1, 1), undefined);
});

rule('where they take too much memory the older half is given up', async () => {
  // A character takes two bytes, a record some more, and partitions share the bound.
  const recent = new RecentRecords(2);
  const text = 'x'.repeat(recentBytesMax / 16 - 1_000);
  for (const position of [1, 2, 3]) recent.add(at(position, text));
  deepStrictEqual(await firstOf(recent, 1), 1);
  for (const position of [4, 5]) recent.add(at(position, text));
  deepStrictEqual(await firstOf(recent, 2), undefined);
  deepStrictEqual(await firstOf(recent, 3), 3);
});

rule(
  'a sealed log is folded without a key, and what is asked for together is opened once',
  async () => {
    const log = new MemoryLog();
    const master = someMasterKey();
    const writing = await sealStores(openMemory({ log }), { master, seals: true });
    await write(writing.events, [joins('alice'), says('alice', 'one'), says('bob', 'two')], {
      now: 0,
    });
    await writing.close();
    const plain = openMemory({ log });
    let keysAsked = 0;
    const keys: KeyStore = {
      get: (name) => {
        keysAsked += 1;
        return plain.keys.get(name);
      },
      change: (...change) => plain.keys.change(...change),
      list: () => plain.keys.list(),
    };
    const stores = await sealStores({ ...plain, keys }, { master, seals: true });
    const { recent, view } = await foldLog(stores.events);
    deepStrictEqual([...view.rooms.byRoom.keys()], ['lobby']);
    deepStrictEqual(keysAsked, 0);

    let opened = 0;
    const open: typeof stores.openTexts = async (records) => {
      opened += records.filter(({ sealed }) => sealed !== undefined).length;
      return (await stores.openTexts?.(records)) ?? records;
    };
    const asked = await Promise.all([3, 3, 4].map((position) => recent.from(0, position, open)));
    const texts = asked.map((records) =>
      records?.flatMap(({ event }) => ('text' in event ? [event.text] : [])),
    );
    deepStrictEqual(texts, [['one', 'two'], ['one', 'two'], ['two']]);
    deepStrictEqual(opened, 2);
    await stores.close();
  },
);
