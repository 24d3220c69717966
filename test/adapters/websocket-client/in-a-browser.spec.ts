import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

void test('what a page loads of the client leads nowhere but to it and the core', async () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, from = ''] of text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      ok(from.startsWith('.'), `${file} imports ${from}`);
      load(resolve(dirname(file), from));
    }
  };
  const compiled = join(root, 'dist');
  load(join(compiled, 'adapters', 'websocket-client', 'connect.js'));
  const folders = new Set([...loaded].map((file) => relative(compiled, dirname(file))));
  deepStrictEqual(folders, new Set([join('adapters', 'websocket-client'), 'core']));
});
