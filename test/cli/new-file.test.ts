import { readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

import { checkNewFile } from '../../cli/new-file.ts';

const longAgo = new Date('2001-02-03T04:05:06Z');

await test('whether a file can be made is found out without making one', async (t) => {
  const folder = t.testdir({ taken: 'mine', file: '' });
  utimesSync(folder, longAgo, longAgo);
  await checkNewFile(join(folder, 'new.ndjson'));
  t.same(statSync(folder).mtime, longAgo, 'nothing came or went in the folder meanwhile');
  await t.rejects(checkNewFile(join(folder, 'taken')), /taken is there already: name another/);
  t.equal(readFileSync(join(folder, 'taken'), 'utf8'), 'mine');
  for (const nowhere of ['missing/new', 'file/new', 'x'.repeat(300)])
    await t.rejects(checkNewFile(join(folder, nowhere)), /cannot be written \(.+\)\.$/, nowhere);
});
