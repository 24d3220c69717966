import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { randomId } from '../../server/random-id.ts';
import type { Process } from './process.ts';
import { World } from './world.ts';

/** A story may take no longer than this of the world's own time. */
const shortMs = 60_000;

/** What happens when, to be compared. */
type Journal = string[];

await test('time passes at once, for every kind of timer and clock', async (t) => {
  using world = new World(1);
  const began = { date: Date.now(), now: performance.now() };
  await world.live(async () => {
    await sleep(shortMs / 2);
    await new Promise((resolve) => setTimeout(resolve, shortMs / 2));
  });
  t.equal(world.now, shortMs);
  t.equal(Date.now() - began.date, shortMs);
  t.equal(performance.now() - began.now, shortMs);
});

await test('a story that does not end is given up', async (t) => {
  using world = new World(1);
  const endless = async (): Promise<void> => {
    for (;;) await world.pause(shortMs);
  };
  await t.rejects(world.live(endless), { message: 'the story does not end' });
});

await test('a story that waits for nothing is given up', async (t) => {
  using world = new World(1);
  const never = new Promise(() => {});
  await t.rejects(
    world.live(() => never),
    { message: 'nothing happens any more' },
  );
});

await test('what nobody catches is thrown', async (t) => {
  using world = new World(1);
  const story = async (): Promise<void> => {
    void Promise.reject(new Error('forgotten'));
    await world.pause(shortMs);
  };
  await t.rejects(world.live(story), { cause: { message: 'forgotten' } });
});

await test('ids and chances follow from the seed', async (t) => {
  t.same(drawn(7), drawn(7));
  t.notSame(drawn(7), drawn(8));
});

await test('a paused process does nothing; then come its timers, then what reached it', async (t) => {
  const journal = await journalOf(async (world, process, tick) => {
    await call(world, process, async () => {
      setTimeout(tick('late timer'), 300);
      setTimeout(tick('early timer'), 200);
    });
    process.pause();
    process.deliver(tick('delivered'));
    await world.pause(1_000);
    tick('outside')();
    process.resume();
    await world.pause(1);
  });
  t.same(journal, ['outside', 'early timer', 'late timer', 'delivered']);
});

await test('a timer that was cleared while it waited for its process does not come', async (t) => {
  const journal = await journalOf(async (world, process, tick) => {
    await call(world, process, async () => {
      const second = setTimeout(tick('second'), 200);
      setTimeout(() => {
        clearTimeout(second);
        tick('first')();
      }, 100);
    });
    process.pause();
    await world.pause(1_000);
    process.resume();
    await world.pause(1);
  });
  t.same(journal, ['first']);
});

await test('of a killed process nothing ever happens, what it awaits included', async (t) => {
  const journal = await journalOf(async (world, process, tick) => {
    await call(world, process, async () => {
      setInterval(tick('interval'), 100);
      void sleep(50)
        .then(() => sleep(50))
        .then(tick('awaited'));
    });
    await world.pause(60);
    process.kill();
    process.deliver(tick('delivered'));
    await t.rejects(
      call(world, process, async () => {}),
      { name: 'Killed' },
    );
    await world.pause(1_000);
  });
  t.same(journal, []);
});

function drawn(seed: number): readonly unknown[] {
  using world = new World(seed);
  return [randomId(), world.random.fraction(), randomId()];
}

async function journalOf(
  story: (world: World, process: Process, tick: (what: string) => () => void) => Promise<void>,
): Promise<Journal> {
  using world = new World(1);
  const journal: Journal = [];
  const tick = (what: string) => (): void => void journal.push(what);
  await world.live(() => story(world, world.newProcess(), tick));
  return journal;
}

function call(world: World, process: Process, work: () => Promise<void>): Promise<void> {
  return process.call(work, (told) => world.later(0, told));
}
