// Bundles the program of a replay's report: what `cli/replay/report/page.js` imports becomes one script,
// which stands in the page itself.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { targets } from './page.mjs';

const source = fileURLToPath(new URL('../cli/replay/report/page.js', import.meta.url));

/**
 * @param {string} into the folder, which is made
 * @throws {Error} when a source cannot be read; esbuild has then said why on standard error
 */
export async function buildReport(into) {
  await build({
    entryPoints: [source],
    outfile: join(into, 'page.js'),
    bundle: true,
    format: 'iife',
    charset: 'utf8',
    target: targets,
    logLevel: 'warning',
  });
}
