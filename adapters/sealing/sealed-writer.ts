import {
  type AppendOutcome,
  type Commit,
  type NewEvent,
  StoreUnreachable,
  type Writer,
} from '../../core/event-store.ts';
import { monthAt, sealedUnder } from '../../core/sealing.ts';
import { commitContent } from '../commit-content.ts';
import type { Keyring } from './keyring.ts';
import { sealText } from './sealed-text.ts';

/** Of one author's text whose key was destroyed nothing can be written any more. */
const refused: AppendOutcome = { status: 'unavailable', reason: 'closed' };
const outOfReach: AppendOutcome = { status: 'unavailable', reason: 'disconnected' };

/** Seals texts on their way into the log. Commits keep the order of their calls. */
export class SealedWriter implements Writer {
  readonly #inner: Writer;
  readonly #keyring: Keyring;
  readonly #now: () => number;
  /** The last of those that wait for a key; what comes behind it waits too. */
  #waiting: Promise<unknown> | undefined;

  constructor(inner: Writer, keyring: Keyring, now: () => number) {
    this.#inner = inner;
    this.#keyring = keyring;
    this.#now = now;
  }

  append(commit: Commit): Promise<AppendOutcome> {
    const ready = this.#waiting === undefined && this.#sealedAtOnce(commit);
    return ready ? this.#inner.append(ready) : this.#appendInTurn(commit);
  }

  async close(): Promise<void> {
    await this.#waiting;
    await this.#inner.close();
  }

  async #appendInTurn(commit: Commit): Promise<AppendOutcome> {
    const before = this.#waiting;
    const sealed = this.#sealed(commit);
    const turn = Promise.allSettled([before, sealed]);
    this.#waiting = turn;
    await turn;
    if (this.#waiting === turn) this.#waiting = undefined;
    try {
      const ready = await sealed;
      return ready === 'erased' ? refused : await this.#inner.append(ready);
    } catch (error) {
      if (error instanceof StoreUnreachable) return outOfReach;
      throw error;
    }
  }

  /** The commit with its texts sealed, if all keys are at hand. */
  #sealedAtOnce(commit: Commit): Commit | undefined {
    if (commit.once !== undefined) return undefined;
    const month = monthAt(this.#now());
    const keyOf = (event: NewEvent): Buffer | undefined => {
      const under = sealedUnder(event.event);
      return under && this.#keyring.held(under, month);
    };
    const events = commit.parts.flatMap((part) => part.events);
    if (events.some((event) => sealedUnder(event.event) && keyOf(event) === undefined))
      return undefined;
    return withTexts(commit, (event) => {
      const key = keyOf(event);
      return key === undefined ? event : sealedBy(key, event, month);
    });
  }

  async #sealed(commit: Commit): Promise<Commit | 'erased'> {
    const month = monthAt(this.#now());
    const sealed = new Map<NewEvent, NewEvent>();
    let author: string | undefined;
    for (const event of commit.parts.flatMap((part) => part.events)) {
      const under = sealedUnder(event.event);
      if (under === undefined) continue;
      ({ author } = under);
      const key = this.#keyring.held(under, month) ?? (await this.#keyring.toSeal(under, month));
      if (typeof key === 'string') return 'erased';
      sealed.set(event, sealedBy(key, event, month));
    }
    const ready = withTexts(commit, (event) => sealed.get(event) ?? event);
    if (commit.once === undefined || author === undefined) return ready;
    const content = await this.#keyring.contentOf(author, commitContent(commit));
    return content === 'erased' ? content : { ...ready, once: { ...commit.once, content } };
  }
}

function sealedBy(key: Buffer, event: NewEvent, month: number): NewEvent {
  if (!('text' in event.event)) return event;
  return { ...event, sealed: sealText(key, event.id, month, event.event.text) };
}

const withTexts = (commit: Commit, seal: (event: NewEvent) => NewEvent): Commit => ({
  ...commit,
  parts: commit.parts.map((part) => ({ ...part, events: part.events.map(seal) })),
});
