import { existsSync, readFileSync } from 'node:fs';

import { test } from 'tap';

const root = new URL('../../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

await test('each promise of the README names the tests that show it, and they are there', (t) => {
  const [, table = ''] =
    /\| promise \| shown by \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const rows = [...table.matchAll(/^\| (.+?) \| (.+) \|$/gm)];
  t.ok(rows.length >= 10, 'there are promises');
  for (const [, promise = '', shownBy = ''] of rows) {
    const shown = [...shownBy.matchAll(/`(.+?)`(?:: "(.+?)")?/g)];
    t.ok(shown.length > 0, promise);
    for (const [, file = '', sentence = ''] of shown) {
      t.match(file, /^test\/.+\.(test|spec)\.ts$/, `${file} is one file of tests`);
      const url = new URL(file, root);
      t.ok(existsSync(url), `${file} is there`);
      if (existsSync(url))
        t.ok(readFileSync(url, 'utf8').includes(sentence), `${file}: ${sentence}`);
    }
  }
  t.end();
});
