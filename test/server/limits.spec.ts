import { deepStrictEqual } from 'node:assert/strict';

import type { ClientLink, Input } from '../../adapters/client-link.ts';
import { lineFormat } from '../../adapters/line/line-link.ts';
import type { NewEvent } from '../../core/event-store.ts';
import type { ClientCommand } from '../../core/command.ts';
import { conflictsMax, untilNoConflict } from '../../server/conflicts.ts';
import { InputTurns, inputsWaitingMax, type TurnsOwner } from '../../server/input-turns.ts';
import { heldBytesMax, Outgoing } from '../../server/outgoing.ts';
import { historyRecordsMax } from '../../server/history.ts';
import { scene } from '../support/chat-harness.ts';
import { commitTo, messagePosted, roomJoined } from '../support/events.ts';
import { gate } from '../support/gate.ts';
import { rule } from '../support/given.ts';
import { webScene } from '../support/web-harness.ts';

webScene('where a history ends without a message it says from where to go on', async (web) => {
  const append = (...events: readonly NewEvent[]) =>
    web.chat
      .store(0)
      .writer('tool', 0)
      .append(commitTo('room:attic', ...events));
  await append(messagePosted('first', 'attic'), messagePosted('second', 'attic'));
  for (const _ of [1, 2]) await append(...comings(historyRecordsMax));
  await append(messagePosted('last', 'attic'));
  const alice = await web.login('alice', 0);
  await alice.asks({ type: 'join', room: 'attic' });
  const pages = async (first: { after?: number }): Promise<readonly (readonly string[])[]> => {
    const texts: (readonly string[])[] = [];
    let range: { before?: number; after?: number } = first;
    for (const _ of Array(9)) {
      const ask = { type: 'history', room: 'attic', limit: 1, ...range } as const;
      const { messages, next } = await alice.asks(ask);
      texts.push(messages.map(({ text }) => text));
      if (next === undefined) break;
      range = range.after === undefined ? { before: next } : { after: next };
    }
    return texts;
  };
  deepStrictEqual(await pages({}), [['last'], [], ['second'], ['first']]);
  deepStrictEqual(await pages({ after: 1 }), [['second'], [], ['last']]);
});

scene(
  'a history looks back over so many events of a room, and says where it ends',
  async (chat) => {
    const append = (...events: readonly NewEvent[]) =>
      chat
        .store(0)
        .writer('tool', 0)
        .append(commitTo('room:attic', ...events));
    await append(messagePosted('far back', 'attic'));
    // One more is alice's own.
    await append(...comings(historyRecordsMax - 2));
    const alice = await chat.join('alice', 0, 'attic');
    alice.send('/history');
    await alice.sees('The last 1 of attic:');
    await append(...comings(1));
    await chat.settled();
    alice.send('/history');
    await alice.sees('Nothing has been said in attic lately.');
    await append(messagePosted('near', 'attic'));
    alice.send('/history');
    await alice.sees('The last 1 of attic; older ones lie too far back:');
  },
);

rule('so many conflicts are decided again, and one more is an error', async () => {
  deepStrictEqual(await decided(conflictsMax - 1), 'done');
  deepStrictEqual(await decided(conflictsMax), { kind: 'error', code: 'Busy', subject: '1' });
});

rule('so much is held for a client whose inbox is read, and one byte more is dropped', () => {
  const sent: Buffer[] = [];
  let isOverfull = false;
  const outgoing = new Outgoing(linkTo(sent), () => (isOverfull = true));
  outgoing.hold();
  outgoing.send(Buffer.alloc(heldBytesMax));
  deepStrictEqual([isOverfull, sent.length], [false, 0]);
  outgoing.send(Buffer.alloc(1));
  deepStrictEqual([isOverfull, sent.length], [true, 0]);
  outgoing.send(Buffer.from('reason'));
  deepStrictEqual(sent.map(String), ['reason']);
});

rule('so many inputs wait for a command, and with the last of them reading stops', async () => {
  const shut = gate();
  const owner = new Waiting(shut.opened);
  const turns = new InputTurns(owner);
  for (let number = 0; number < inputsWaitingMax; number++) turns.add(command);
  deepStrictEqual([owner.isRead, owner.ran], [true, 1], 'the first one is not waiting');
  turns.add(command);
  deepStrictEqual(owner.isRead, false);
  shut.open();
  await turns.idle();
  deepStrictEqual([owner.isRead, owner.ran], [true, inputsWaitingMax + 1]);
});

const comings = (times: number): readonly NewEvent[] =>
  Array.from({ length: times }, () => roomJoined('eve', 'attic'));

/** What becomes of a decision that meets so many conflicts. */
async function decided(conflicts: number): Promise<unknown> {
  let left = conflicts;
  return untilNoConflict(async () => (left-- > 0 ? 'conflict' : 'done'));
}

const command: Input = { command: (): ClientCommand => ({ type: 'rooms' }) };

/** Whose commands take until a promise resolves. */
class Waiting implements TurnsOwner {
  readonly isClosing = false;
  readonly isBlocked = false;
  readonly user = 'alice';
  readonly messagesInFlight = 0;
  isRead = true;
  ran = 0;
  readonly #until: Promise<void>;

  constructor(until: Promise<void>) {
    this.#until = until;
  }

  say(): void {}

  async run(): Promise<void> {
    this.ran += 1;
    await this.#until;
  }

  readOn(on: boolean): void {
    this.isRead = on;
  }

  onExhausted(): void {}
}

const linkTo = (sent: Buffer[]): ClientLink => ({
  format: lineFormat,
  address: '192.0.2.1',
  isBlocked: false,
  waitingBytes: 0,
  send: (bytes) => void sent.push(bytes),
  flush: () => {},
  takeWithin: () => {},
  confirm: () => {},
  pause: () => {},
  resume: () => {},
  admit: () => {},
  close: () => {},
});
