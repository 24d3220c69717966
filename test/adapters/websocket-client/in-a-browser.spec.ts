import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

void test('the client compiles where there is a browser and no Node', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'securechat-browser-'));
  try {
    const compilerOptions = { noEmit: true, incremental: false, types: [], rootDir: root };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { ...compilerOptions, lib: ['es2023', 'dom'] },
        references: [],
        include: [join(root, 'adapters', 'websocket-client')],
      }),
    );
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], {
      encoding: 'utf8',
    });
    strictEqual(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
