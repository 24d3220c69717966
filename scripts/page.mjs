// Bundles the page: `adapters/page` becomes an index.html, a favicon, and a script and a style sheet
// whose names hold a hash of what is in them, so that browsers may keep those for ever.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../adapters/page/', import.meta.url));
const licence = readFileSync(new URL('../node_modules/preact/LICENSE', import.meta.url), 'utf8');
/** Browsers of 2024 and later: what the styles need (light-dark, nesting) is no older. */
export const targets = ['chrome123', 'firefox125', 'safari17.5'];

/**
 * @param {string} into the folder, which is made
 * @throws {Error} when a source cannot be read; esbuild has then said why on standard error
 */
export async function buildPage(into) {
  const { metafile } = await build({
    entryPoints: [
      { in: join(source, 'main.tsx'), out: 'page' },
      { in: join(source, 'style/page.css'), out: 'page' },
    ],
    outdir: join(into, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: targets,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The licence of what is bundled goes along with it.
    banner: { js: `/*! With Preact:\n${licence}*/` },
    metafile: true,
    logLevel: 'warning',
  });
  const assets = Object.keys(metafile.outputs).map((path) => `assets/${basename(path)}`);
  const named = (ending) => assets.find((asset) => asset.endsWith(ending)) ?? '';
  const html = readFileSync(join(source, 'index.html'), 'utf8')
    .replace('{script}', named('.js'))
    .replace('{style}', named('.css'));
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, 'index.html'), html);
  copyFileSync(join(source, 'favicon.svg'), join(into, 'favicon.svg'));
}
