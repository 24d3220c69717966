import { readFileSync } from 'node:fs';

import { test } from 'tap';

import { commandTable } from '../../adapters/line/command-table.ts';
import { startEmbeddedCluster } from '../cluster/cluster.ts';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

interface Turn {
  readonly who: string;
  readonly typed: boolean;
  readonly line: string;
}

await test('the conversation in the README is what two people on two servers see', async (t) => {
  await using cluster = await startEmbeddedCluster();
  const people = {
    alice: await cluster.client(0),
    bob: await cluster.client(1),
  };
  const turns = conversation();
  t.ok(turns.length > 20, 'there is a conversation');
  for (const { who, typed, line } of turns) {
    const client = who === 'alice' ? people.alice : people.bob;
    if (typed) client.send(line);
    else await client.seesMatching(patternOf(line)).then(({ before }) => t.same(before, [], line));
  }
});

await test('the README names every command', (t) => {
  for (const { usage } of Object.values(commandTable))
    t.ok(readme.includes(`\`${usage.replace('|', String.raw`\|`)}\``), usage);
  t.end();
});

/** `…` stands for what differs each time. */
function patternOf(line: string): RegExp {
  return new RegExp(`^${line.split('…').map(escaped).join('.*')}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function conversation(): readonly Turn[] {
  const [, block = ''] = /```text\n([\s\S]*?)```/.exec(readme) ?? [];
  return [...block.matchAll(/^(\w+) +([<>]) (.*)$/gm)].map(([, who = '', way, line = '']) => ({
    who,
    typed: way === '>',
    line,
  }));
}
