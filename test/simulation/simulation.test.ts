import { env } from 'node:process';
import { test } from 'tap';
import { count, reportCount } from '../counts.ts';
import './world.spec.ts';
import { type Mode, type Plan, planOf } from './plan.ts';
import { simulate } from './run.ts';
import type { Tampering } from './stage.ts';

/** SECURECHAT_TEST_SEED plays one seed, in both modes, and tells all that happens. */
const onlySeed = env['SECURECHAT_TEST_SEED'];
const modes: readonly Mode[] = ['safety', 'liveness'];
/** Nothing goes wrong by itself, and some users never come, so what they are sent is kept. */
const calm: Plan = { ...planOf(1, 'safety'), faults: [], accounts: 5, users: 5, clients: 3 };

await test('a seed gives the same run every time, and another seed another one', async (t) => {
  const one = await play(3, 'liveness');
  t.ok(one.trace.length > 100, 'things happen');
  t.equal((await play(3, 'liveness')).digest, one.digest, 'the same seed');
  t.not((await play(4, 'liveness')).digest, one.digest, 'another seed');
});

await test('a server that keeps something back from a client is found out', async (t) => {
  const { wrong } = await simulate(
    calm,
    tampered(() => []),
  );
  t.match(wrong.join('\n'), /missed \(client/);
});

await test('a server that shows something twice is found out', async (t) => {
  const { wrong } = await simulate(
    calm,
    tampered((one) => [one, one]),
  );
  t.match(wrong.join('\n'), /deliveredTwice \(client/);
});

await test('a server that finds no direct messages that were kept is found out', async (t) => {
  const { wrong } = await simulate(calm, ({ stores: { events } }) => {
    const readStream = events.readStream.bind(events);
    const finding: typeof readStream = async (query) =>
      query.stream.startsWith('inbox:') ? [] : readStream(query);
    Object.assign(events, { readStream: finding });
  });
  t.match(wrong.join('\n'), /is in the log, and was never shown/);
});

await test('a server that forgets who has left is found out', async (t) => {
  const { wrong } = await simulate(calm, ({ fanOut }) => {
    Object.assign(fanOut, { unbind: () => {} });
  });
  t.match(wrong.join('\n'), /still holds/);
});

const seeds = Array.from({ length: count('simulatedRuns') }, (_, index) => index + 1);
await test('whatever befalls servers, store and clients: every promise holds', async (t) => {
  for (const seed of onlySeed === undefined ? seeds : [Number(onlySeed)]) {
    // Each other seed has a fault that stays.
    for (const mode of onlySeed === undefined ? [modes[seed % 2] ?? 'safety'] : modes) {
      const { wrong, trace } = await play(seed, mode);
      if (onlySeed !== undefined) for (const line of trace) t.comment(line);
      t.same(wrong, [], `seed ${seed}, ${mode}`);
    }
  }
  reportCount(t, 'simulatedRuns', seeds.length);
});

function play(seed: number, mode: Mode): ReturnType<typeof simulate> {
  return simulate(planOf(seed, mode));
}

type Deliver = Parameters<Tampering>[0]['fanOut']['deliver'];
type Delivery = Parameters<Deliver>[1][number];

/** The first server does something else with each second message that it shows. */
function tampered(instead: (delivery: Delivery) => readonly Delivery[]): Tampering {
  let seen = 0;
  return ({ options, fanOut }) => {
    if (options.name !== 'server-0') return;
    const deliver = fanOut.deliver.bind(fanOut);
    const changed: Deliver = (recorded, deliveries) => {
      const others = deliveries.flatMap((delivery) => {
        const isMeant = delivery.kind === 'message' && ++seen % 2 === 0;
        return isMeant ? instead(delivery) : [delivery];
      });
      deliver(recorded, others);
    };
    Object.assign(fanOut, { deliver: changed });
  };
}
