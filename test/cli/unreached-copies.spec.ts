import { deepStrictEqual, equal, match } from 'node:assert/strict';

import { unreachedCopies } from '../../cli/unreached-copies.ts';
import type { HandedOut } from '../../core/audit.ts';
import { keepSnapshots } from '../../server/snapshot-run.ts';
import { rule } from '../support/given.ts';
import { historyOf, says, type Written } from '../support/memory-history.ts';

const reads = (what: string, holds?: HandedOut): Written => ({
  stream: 'audit:0',
  event: { type: 'AuditRead', data: { reader: 'eve', what, ...(holds && { holds }) } },
});

rule('what an erasure leaves are unsealed texts, and what was read out of the log', async () => {
  const log = await historyOf(
    [
      says('alice', 'plain'),
      says('bob', 'hi'),
      reads('replay --format csv', 'words'),
      reads('audit verify', 'nothing'),
      reads('replay, before it was told what that holds'),
    ],
    3,
  );
  deepStrictEqual(await unreachedCopies(log, 'alice'), [
    '1 message written while texts were not sealed: they stand in the log as they are',
    'a copy in plain text, eve on 2026-11-27 06:19:52: replay --format csv',
    'a copy in plain text, eve on 2026-11-27 06:19:52: replay, before it was told what that holds',
  ]);
  deepStrictEqual((await unreachedCopies(log, 'carol')).length, 2);
});

rule('words that were read after an erasure was done are none of that user’s', async () => {
  const log = await historyOf([
    reads('replay', 'words'),
    reads('audit export', 'sealed'),
    reads('replay --at 1', 'names'),
  ]);
  equal((await unreachedCopies(log, 'alice', Infinity)).length, 3);
  const [first = '', second = '', ...others] = await unreachedCopies(log, 'alice', 0);
  match(first, /^a copy of sealed text, .*: audit export$/);
  match(second, /^a copy of names, .*: replay --at 1$/);
  equal(others.length, 0);
});

rule(
  'a receipt lists the last hundred readings, cut to a line, and counts the others',
  async () => {
    const readings = Array.from({ length: 103 }, (_, n) => reads(`replay ${n}`, 'words'));
    const log = await historyOf([...readings, reads('x'.repeat(1_000), 'words')]);
    const [first = '', ...others] = await unreachedCopies(log, 'alice');
    match(first, /^4 earlier readings of the log: securechat replay --types AuditRead/);
    equal(others.length, 100);
    match(others[0] ?? '', /: replay 4$/);
    match(others.at(-1) ?? '', /^a copy in plain text, .{270,}…$/);
  },
);

rule('many readings of names push nothing else out of a receipt, and are bounded too', async () => {
  const names = Array.from({ length: 103 }, (_, n) => reads(`replay --at ${n}`, 'names'));
  const log = await historyOf([
    reads('audit keys', 'keys'),
    reads('audit export', 'sealed'),
    reads('replay', 'words'),
    ...names,
  ]);
  const [first = '', ...others] = await unreachedCopies(log, 'alice');
  match(first, /^3 earlier readings of the log: /);
  equal(others.length, 103);
  match(others[0] ?? '', /: audit keys$/);
  match(others[1] ?? '', /: audit export$/);
  match(others[2] ?? '', /: replay$/);
  match(others[3] ?? '', /^a copy of names, .*: replay --at 3$/);
});

rule('of a log that was trimmed the receipt tells the same, and what is in archives', async () => {
  const log = await historyOf([
    says('alice', 'plain'),
    reads('replay', 'words'),
    reads('audit verify', 'nothing'),
    says('alice', 'and again'),
    says('bob', 'hi'),
    ...Array.from({ length: 100 }, (_, n) => reads(`replay ${n}`, 'words')),
    says('alice', 'the last'),
  ]);
  const listed = (await unreachedCopies(log, 'alice')).slice(1);
  equal(listed.length, 101);
  const { position, epoch } = await log.head(0);
  for (const before of [3, position]) {
    // What is kept may reach further than what was trimmed.
    await keepSnapshots(log, 0, position);
    await log.trim(0, before, epoch);
    const [here, gone, ...others] = await unreachedCopies(log, 'alice');
    match(here ?? '', /^[12] messages? written .*: they stand in the log as they are$/);
    match(gone ?? '', /^[12] messages? .*trimmed since: they stand in archives of the log/);
    deepStrictEqual(others, listed);
  }
});
