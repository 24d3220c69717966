import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { count } from '../counts.ts';
import { always } from '../support/always.ts';
import type { FindingKind } from './finding.ts';
import type { HistoryEvent, HistoryList } from './history.ts';
import { formatReport } from './report.ts';
import { one, stories, tell } from './random-story.ts';
import { epoch } from './story.ts';
import { judge } from './verdict.ts';

await test('whatever happens in a chat without a fault, nothing is found', async (t) => {
  await always(
    t,
    'storiesTold',
    fc.asyncProperty(stories, async (steps) => {
      const report = await judge(tell(steps));
      ok(report.ok, formatReport(report));
    }),
  );
});

/** A fault of one event of a history: what becomes of it, and what is found then. */
interface Fault {
  readonly suits: (event: HistoryEvent, index: number, history: HistoryList) => boolean;
  readonly spoil: (event: HistoryEvent) => readonly HistoryEvent[];
  readonly found: readonly FindingKind[];
}

const isReceipt = ({ kind }: HistoryEvent): boolean => kind === 'message' || kind === 'subbed';

/** Whether the connection was shown another message later, or had everything. */
const isFollowed = (event: HistoryEvent, index: number, { events }: HistoryList): boolean =>
  isReceipt(event) &&
  events
    .slice(index + 1)
    .some(
      (later) =>
        later.connection === event.connection &&
        (isReceipt(later) || (later.kind === 'closed' && later.complete)),
    );

const faults: Record<string, Fault> = {
  'a receipt that did not come': {
    suits: isFollowed,
    spoil: () => [],
    found: ['missed', 'subbedMissed'],
  },
  'a receipt that came twice': {
    suits: isReceipt,
    spoil: (event) => [event, event],
    found: ['deliveredTwice'],
  },
  'a receipt of what nobody said': {
    suits: isReceipt,
    spoil: (event) => [event, { ...event, text: 'alien' } as HistoryEvent],
    found: ['receivedNotStored'],
  },
  'an ack with another number': {
    suits: ({ kind }) => kind === 'ok',
    spoil: (event) => (event.kind === 'ok' ? [{ ...event, number: event.number + 1 }] : [event]),
    found: ['ackedElsewhere'],
  },
  'an ack turned into a refusal': {
    suits: ({ kind }) => kind === 'ok',
    spoil: ({ connection, at, ...event }) =>
      event.kind === 'ok'
        ? [{ connection, at, kind: 'error', message: event.message, text: 'ERROR: No.' }]
        : [],
    found: ['refusedStored'],
  },
  'a refusal turned into an ack': {
    suits: ({ kind }) => kind === 'error',
    spoil: ({ connection, at, ...event }) =>
      event.kind === 'error'
        ? [{ connection, at, kind: 'ok', message: event.message, room: 'lobby', epoch, number: 1 }]
        : [],
    found: ['ackedLost'],
  },
};

for (const [name, { suits, spoil, found }] of Object.entries(faults)) {
  await test(`in whatever story it happens, ${name} is found`, async (t) => {
    let spoilt = 0;
    await always(
      t,
      'storiesSpoilt',
      fc.asyncProperty(stories, fc.nat(), async (steps, choice) => {
        const story = tell(steps).finish();
        const suitable = story.histories.flatMap((history) =>
          history.events.flatMap((event, index) =>
            suits(event, index, history) ? [{ history, index, event }] : [],
          ),
        );
        fc.pre(suitable.length > 0);
        const { history, index, event } = one(suitable, choice);
        history.events.splice(index, 1, ...spoil(event));
        const { findings, counts } = await judge(story);
        deepStrictEqual(
          [...counts.values()].reduce((sum, times) => sum + times, 0),
          1,
          JSON.stringify(findings),
        );
        ok(found.some((kind) => counts.has(kind)));
        deepStrictEqual(findings[0]?.client, history.client);
        spoilt += 1;
      }),
    );
    t.ok(spoilt >= count('storiesSpoilt'), 'stories were spoilt');
  });
}
