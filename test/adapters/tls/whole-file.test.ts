import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';

import { draftsOf, placeOnce } from '../../../adapters/tls/whole-file.ts';

const timesTried = 200;

await test('a file that is there can be asked for while somebody clears its drafts away', async (t) => {
  const file = join(t.testdir(), 'secret');
  await writeFile(file, 'first');
  const over = new AbortController();
  const clearing = (async () => {
    while (!over.signal.aborted)
      for (const draft of await draftsOf(file)) await rm(draft, { force: true });
  })();
  const contents = new Set<string>();
  try {
    for (let time = 0; time < timesTried; time++)
      contents.add(String(await placeOnce(file, 'second', 0o600)));
  } finally {
    over.abort();
    await clearing;
  }
  t.same([...contents], ['first']);
});

await test('of several who make a file at once all get what the first one wrote', async (t) => {
  const file = join(t.testdir(), 'secret');
  const made = await Promise.all(['a', 'b', 'c'].map((text) => placeOnce(file, text, 0o600)));
  const kept = await readFile(file, 'utf8');
  t.same(made.map(String), [kept, kept, kept]);
  t.same(await draftsOf(file), []);
});
