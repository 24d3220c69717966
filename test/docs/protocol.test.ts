import { readFileSync } from 'node:fs';

import { test } from 'tap';

import { commandTable } from '../../adapters/line/command-table.ts';
import { errorCatalogue } from '../../core/error-catalogue.ts';

const text = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

await test('the protocol document lists every error with its words, and no other', (t) => {
  const rows = [...text.matchAll(/^\| `([A-Z]\w+)` \| (.+) \|$/gm)];
  const documented: Record<string, string> = {};
  for (const [, code = '', words = ''] of rows) documented[code] = words;
  t.same(documented, errorCatalogue);
  t.end();
});

await test('the protocol document shows the usage of every command', (t) => {
  for (const { usage } of Object.values(commandTable))
    t.ok(text.includes(`\`${usage.replace('|', String.raw`\|`)}\``), usage);
  t.end();
});
