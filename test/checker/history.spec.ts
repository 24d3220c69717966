import { deepStrictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { checkRun } from './checker.ts';
import { type ClientHistory, HistoryFile, readHistory } from './history.ts';
import { Story } from './story.ts';

/** A history that is read bit by bit. */
async function* slowly({ events }: ClientHistory) {
  for await (const event of events) yield event;
}

await test('a history kept in a file is judged like one in memory', async (t) => {
  const story = new Story();
  for (const user of ['alice', 'bob']) story.login(user);
  // More than one piece of the file.
  const long = 'ü'.repeat(300);
  for (let number = 1; number <= 2_000; number++) story.say('alice', `${long} ${number}`);
  story.say('alice', 'lost', { stored: 0 });
  const { histories, log } = story.finish();
  const dir = t.testdir();
  const files = histories.map(({ client, events }) => {
    const file = new HistoryFile(client, join(dir, `${client}.ndjson`));
    for (const event of events) file.add(event);
    file.close();
    deepStrictEqual([...readHistory(file.path)], events);
    return file;
  });
  const inMemory = await checkRun({ log: log.records, histories });
  t.has(inMemory.findings, [{ kind: 'ackedLost', client: 'alice' }]);
  deepStrictEqual(await checkRun({ log: log.records, histories: files }), inMemory);
  const bitByBit = files.map((file) => ({ client: file.client, events: slowly(file) }));
  deepStrictEqual(await checkRun({ log: log.records, histories: bitByBit }), inMemory);
});

await test('a history of which a line is damaged cannot be judged', async (t) => {
  const path = join(t.testdir(), 'alice.ndjson');
  writeFileSync(path, '{"kind":"opened","connection":1,"at":1,"port":1}\n{"kind":\n');
  const histories = [{ client: 'alice', events: readHistory(path) }];
  await t.rejects(
    checkRun({ log: new Story().log.records, histories }),
    /alice\.ndjson:2 is no JSON/,
  );
});
