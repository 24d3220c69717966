import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { type Test, test } from 'tap';
import { count, counts, reportCount } from './counts.ts';

await test('each tier has its own number, and npm test has the reduced one', async (t) => {
  restoreAfter(t, 'SECURECHAT_TEST_TIER');
  const { asked, reduced, quick } = counts.readerCut;
  env['SECURECHAT_TEST_TIER'] = 'full';
  t.equal(count('readerCut'), asked);
  env['SECURECHAT_TEST_TIER'] = 'quick';
  t.equal(count('readerCut'), quick);
  env['SECURECHAT_TEST_TIER'] = 'test';
  t.equal(count('readerCut'), reduced);
  delete env['SECURECHAT_TEST_TIER'];
  t.equal(count('readerCut'), reduced, 'as if none were named');
});

await test('an unknown tier is refused rather than taken for a small one', async (t) => {
  restoreAfter(t, 'SECURECHAT_TEST_TIER');
  env['SECURECHAT_TEST_TIER'] = 'ful';
  t.throws(() => count('readerCut'), { message: /quick, test or full, not ful/ });
});

await test('a smaller tier never asks for more than a larger one', async (t) => {
  for (const [name, { asked, reduced, quick }] of Object.entries(counts)) {
    t.ok(quick > 0 && quick <= reduced && reduced <= asked, name);
  }
});

await test('a report is one line that tells whether its test was passing', async (t) => {
  restoreAfter(t, 'SECURECHAT_TEST_COUNTS');
  const folder = mkdtempSync(join(tmpdir(), 'securechat-counts-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'counts.jsonl');
  env['SECURECHAT_TEST_COUNTS'] = file;
  reportCount({ passing: () => true }, 'randomBytes', 7);
  reportCount({ passing: () => false }, 'randomBytes', 8);
  t.equal(
    readFileSync(file, 'utf8'),
    '{"name":"randomBytes","ran":7,"passing":true}\n' +
      '{"name":"randomBytes","ran":8,"passing":false}\n',
  );
});

function restoreAfter(t: Test, name: string): void {
  const before = env[name];
  t.teardown(() => {
    if (before === undefined) delete env[name];
    else env[name] = before;
  });
}
