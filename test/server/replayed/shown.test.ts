import { test } from 'tap';

import { beginningOf, between, endOf } from '../../../cli/replay/log-span.ts';
import { mergedLog } from '../../../cli/replay/merged-log.ts';
import { ShownTo } from '../../../cli/replay/shown-to.ts';
import type { LogSource } from '../../../core/log-source.ts';
import { endIncarnation } from '../../../server/incarnation-end.ts';
import { count, reportCount } from '../../counts.ts';
import type { ChatClient } from '../../support/chat-client.ts';
import { startHarness } from '../../support/chat-harness.ts';
import { pick, RandomUser, seeded } from '../../support/random-users.ts';

const names = ['alice', 'bob', 'dave', 'eve'];
const stepsOfRun = 150;
const everywhere = (): readonly number[] => [0, 1];

await test('a replay as bob is what bob’s line client received from Welcome on, byte for byte', async (t) => {
  const runs = count('replayedClients');
  const base = Date.now();
  let ran = 0;
  for (; ran < runs; ran++) {
    const { received, replayed } = await randomRun(seeded(base + ran));
    if (received === replayed) continue;
    t.equal(replayed, received, `run ${ran} of seed ${base}`);
    break;
  }
  t.equal(ran, runs, 'all runs were alike');
  reportCount(t, 'replayedClients', ran);
});

/** A log of one partition and two servers, of which the one that bob is not with may be lost. */
async function randomRun(
  random: () => number,
): Promise<{ readonly received: string; readonly replayed: string }> {
  await using chat = await startHarness({ messagesPerSecond: 1e6, commandsPerSecond: 1e6 });
  const at = (name: string): RandomUser =>
    new RandomUser(chat, name, {
      others: names,
      random,
      servers: name === 'bob' ? () => [0] : everywhere,
    });
  const [bob, ...others] = [at('bob'), ...names.filter((name) => name !== 'bob').map(at)];
  if (bob === undefined) throw new Error('bob is the first');
  const sessions: Buffer[][] = [];
  const record = (client: ChatClient): void => {
    const chunks: Buffer[] = [];
    sessions.push(chunks);
    client.stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  };
  const losesServer = random() < 0.5;
  for (let step = 0; step < stepsOfRun; step++) {
    const who = random() < 0.3 ? bob : pick(others, random);
    if (who === bob && bob.client === undefined) await bob.logIn(record);
    else await who.act();
    if (losesServer && step === Math.floor(stepsOfRun / 2)) {
      const { options, incarnation } = chat.server(1);
      const ending = { type: 'DeclareLost', server: options.name, incarnation } as const;
      await endIncarnation(chat.store(0).events, ending);
      await chat.until(() => chat.server(1).incarnation !== incarnation, 'another incarnation');
      for (const other of others) if (other.server === 1) other.cutOff();
    }
  }
  if (bob.client === undefined) await bob.logIn(record);
  await bob.logOut();
  await chat.settled();
  const received = sessions.map(fromWelcome).join('');
  return { received, replayed: await replayAs('bob', chat.store(0).events) };
}

function fromWelcome(chunks: readonly Buffer[]): string {
  const text = Buffer.concat(chunks).toString();
  const start = text.indexOf('SUCCESS: Welcome ');
  return start < 0 ? '' : text.slice(start);
}

async function replayAs(user: string, source: LogSource): Promise<string> {
  const shown = new ShownTo(user);
  let text = '';
  for await (const batch of mergedLog(source, between(beginningOf(source), await endOf(source))))
    for (const stored of batch) text += await shown.next(stored);
  return text;
}
