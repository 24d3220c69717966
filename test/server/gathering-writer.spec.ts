import { deepStrictEqual } from 'node:assert/strict';

import { type Clock, install } from '@sinonjs/fake-timers';

import { openMemory } from '../../adapters/memory/event-store.ts';
import type { AppendOutcome } from '../../core/event-store.ts';
import { GatheringWriter } from '../../server/gathering-writer.ts';
import { commitTo, messagePosted } from '../support/events.ts';
import { rule } from '../support/given.ts';

interface Scene {
  readonly clock: Clock;
  readonly reader: { pausesUntil: number; generation: number };
  readonly writer: GatheringWriter;
  readonly say: (text: string) => Promise<AppendOutcome>;
  /** The texts that are in the log by now. */
  readonly said: () => Promise<readonly (string | undefined)[]>;
}

async function inScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const { events } = openMemory();
    const reader = { pausesUntil: 0, generation: 0 };
    const writer = new GatheringWriter(events.writer('north', 1), reader);
    const say = (text: string): Promise<AppendOutcome> =>
      writer.append(commitTo('room:lobby', messagePosted(text)));
    const said = async (): Promise<readonly (string | undefined)[]> => {
      const records = await events.readStream({ stream: 'room:lobby', limit: 10 });
      return records.map(({ event }) => ('text' in event ? event.text : undefined));
    };
    await play({ clock, reader, writer, say, said });
  } finally {
    clock.uninstall();
  }
}

rule('while the log is read, a commit is handed on at once', () =>
  inScene(async ({ say, said }) => {
    void say('one');
    deepStrictEqual(await said(), ['one']);
  }),
);

rule('what comes in a pause is there when it ends, in order, and is answered', () =>
  inScene(async ({ clock, reader, say, said }) => {
    reader.pausesUntil = performance.now() + 20;
    const outcomes = ['one', 'two'].map(say);
    await clock.tickAsync(10);
    outcomes.push(say('three'));
    deepStrictEqual(await said(), []);
    await clock.tickAsync(9);
    deepStrictEqual(await said(), ['one', 'two', 'three']);
    const answers = await Promise.all(outcomes);
    deepStrictEqual(
      answers.map(({ status }) => status),
      ['appended', 'appended', 'appended'],
    );
  }),
);

rule('what was decided by a log that was set back meanwhile is refused, and not written', () =>
  inScene(async ({ clock, reader, say, said }) => {
    reader.pausesUntil = performance.now() + 20;
    const outcome = say('one');
    reader.generation += 1;
    await clock.tickAsync(20);
    deepStrictEqual(await outcome, { status: 'unavailable', reason: 'disconnected' });
    deepStrictEqual(await said(), []);
  }),
);

rule('a writer that is closed hands on what waits', () =>
  inScene(async ({ reader, writer, say, said }) => {
    reader.pausesUntil = performance.now() + 20;
    const outcome = say('one');
    await writer.close();
    deepStrictEqual((await outcome).status, 'appended');
    deepStrictEqual(await said(), ['one']);
  }),
);
