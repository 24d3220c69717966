import { deepStrictEqual, doesNotMatch, match } from 'node:assert/strict';

import { openMemory } from '../../../adapters/memory/event-store.ts';
import { foldTo } from '../../../cli/replay/fold-log.ts';
import { ShownTo } from '../../../cli/replay/shown-to.ts';
import type { ChatEvent } from '../../../core/event.ts';
import type { EventStore } from '../../../core/event-store.ts';
import { directStream, inboxStream, sessionStream, trimmingStream } from '../../../core/stream.ts';
import { emptyChat } from '../../../core/views/chat.ts';
import { commitTo, directMessagePosted, newEvent } from '../../support/events.ts';
import { rule } from '../../support/given.ts';
import { beginsAt } from '../../support/memory-history.ts';

const bob = { user: 'bob', session: 'bob1' };
const alice = { user: 'alice', session: 'alice1' };
const direct = directStream('alice', 'bob');

const opened = (who: typeof bob): ChatEvent => ({
  type: 'SessionOpened',
  data: { ...who, server: 'north', incarnation: 1 },
});
const marked = (through: number) =>
  newEvent(
    { type: 'ReadMarked', data: { reader: 'bob', peer: 'alice', through } },
    { link: inboxStream('bob') },
  );

type Step = 'alice' | 'bob' | 'leaves' | `says ${string}` | `mark ${number}` | `trims ${number}`;

/** A log of one partition, without its first record: those of the test begin at position 2. */
async function logOf(steps: readonly Step[]): Promise<EventStore> {
  const { events } = openMemory({ now: () => beginsAt });
  const writer = events.writer('north', 1);
  for (const step of steps) {
    const [word = '', rest = ''] = step.split(' ');
    if (word === 'alice')
      await writer.append(commitTo(sessionStream('alice'), newEvent(opened(alice))));
    else if (word === 'bob')
      await writer.append(commitTo(sessionStream('bob'), newEvent(opened(bob))));
    else if (word === 'leaves')
      await writer.append(
        commitTo(
          sessionStream('bob'),
          newEvent({ type: 'SessionClosed', data: { ...bob, reason: 'logout' } }),
        ),
      );
    else if (word === 'says')
      await writer.append(commitTo(direct, directMessagePosted('alice', 'bob', rest)));
    else if (word === 'trims')
      await writer.append(
        commitTo(
          trimmingStream(0),
          newEvent({ type: 'LogTrimmed', data: { before: Number(rest), archived: true } }),
        ),
      );
    else await writer.append(commitTo(direct, marked(Number(rest))));
  }
  await writer.close();
  return events;
}

/** What bob was shown by a log that was trimmed up to a step, and what of it is missing. */
async function shownFrom(
  steps: readonly Step[],
  gone: number,
): Promise<ShownTo & { readonly text: string }> {
  const source = await logOf(steps);
  const view = gone === 0 ? emptyChat() : await foldTo(source, [gone + 1]);
  const shown = new ShownTo('bob', { view, gone: gone === 0 ? [] : [gone + 1] });
  let text = '';
  for (const stored of await source.readStored(0, gone + 2, 1_000))
    text += await shown.next(stored);
  return Object.assign(shown, { text });
}

rule('with all of a log what waited for a login is shown at it', async () => {
  const { text, missing } = await shownFrom(['alice', 'says one', 'bob', 'mark 1'], 0);
  match(text, /one/);
  deepStrictEqual(missing, 'none');
});

rule(
  'what waited from before the log begins is missing only if a mark tells that it was shown',
  async () => {
    const waited: readonly Step[] = ['alice', 'says one', 'bob', 'mark 1'];
    deepStrictEqual((await shownFrom(waited, 2)).missing, 'some');
    const unseen: readonly Step[] = ['alice', 'says one', 'bob'];
    deepStrictEqual((await shownFrom(unseen, 2)).missing, 'none', 'no mark: it was not shown yet');
  },
);

rule(
  'what was trimmed before a login is not shown at it, though an archive still has it',
  async () => {
    const steps: readonly Step[] = ['alice', 'says one', 'says two', 'trims 4', 'bob', 'mark 2'];
    const { text } = await shownFrom(steps, 0);
    match(text, /two/);
    doesNotMatch(text, /one/);
  },
);

rule('what was trimmed before a login is not missing from what it showed', async () => {
  const steps: readonly Step[] = ['alice', 'says one', 'trims 4', 'bob', 'says two', 'mark 2'];
  deepStrictEqual((await shownFrom(steps, 2)).missing, 'none');
});

rule('to whoever was online when the log begins nothing had waited', async () => {
  const steps: readonly Step[] = ['alice', 'bob', 'says one', 'mark 1', 'says two', 'mark 3'];
  deepStrictEqual((await shownFrom(steps, 3)).missing, 'none');
});

rule('where a mark covers what is there and what is gone, it may be missing', async () => {
  const seen: readonly Step[] = [
    'alice',
    'bob',
    'says one',
    'mark 1',
    'leaves',
    'bob',
    'says two',
    'mark 3',
  ];
  deepStrictEqual((await shownFrom(seen, 5)).missing, 'perhaps');
});

rule('what waits is recalled from before the state is known, as far as the log goes', async () => {
  const source = await logOf(['alice', 'says one', 'bob']);
  const shown = new ShownTo('bob', { view: await foldTo(source, [3]) });
  const [waiting, login] = await source.readStored(0, 3, 9);
  if (waiting === undefined || login === undefined) throw new Error('nothing was written');
  await shown.recall(waiting);
  match(await shown.next(login), /one/);
});
