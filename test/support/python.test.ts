import { test } from 'tap';

import { runPython } from './python.ts';

await test('where there is no Python a test says what to install', async (t) => {
  const env = { PATH: t.testdir() };
  await t.rejects(runPython('print(1)', [], { env, timeoutMs: 1_000 }), /apt-get install python3/);
});
