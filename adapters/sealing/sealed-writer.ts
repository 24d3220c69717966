import type { KeyObject } from 'node:crypto';

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
import { UnusableMasterKey } from './master-keys.ts';
import { sealText } from './sealed-text.ts';

/** Of one author's text whose key was destroyed nothing can be written any more. */
const refused: AppendOutcome = { status: 'unavailable', reason: 'closed' };
const outOfReach: AppendOutcome = { status: 'unavailable', reason: 'disconnected' };
const locked: AppendOutcome = { status: 'unavailable', reason: 'locked' };

/** A commit that is ready for the log, or what becomes of it without. */
type Sealed = Commit | AppendOutcome;

/** A commit whose keys are being looked for. */
interface Waiting {
  readonly sealed: Promise<Sealed>;
  readonly answer: (outcome: Promise<AppendOutcome>) => void;
}

/** Seals texts on their way into the log. Commits keep the order of their calls. */
export class SealedWriter implements Writer {
  readonly #inner: Writer;
  readonly #keyring: Keyring;
  readonly #now: () => number;
  /** In order; what comes behind one that waits for a key waits too. */
  readonly #waiting: Waiting[] = [];
  #passingOn: Promise<void> = Promise.resolve();

  constructor(inner: Writer, keyring: Keyring, now: () => number) {
    this.#inner = inner;
    this.#keyring = keyring;
    this.#now = now;
  }

  append(commit: Commit): Promise<AppendOutcome> {
    const ready = this.#waiting.length === 0 ? this.#sealedAtOnce(commit) : undefined;
    if (ready !== undefined) return this.#inner.append(ready);
    const sealed = this.#sealed(commit);
    // It is looked at in its turn; until then nobody has failed to.
    sealed.catch(() => undefined);
    return new Promise((answer) => {
      this.#waiting.push({ sealed, answer });
      if (this.#waiting.length === 1) this.#passingOn = this.#passOn();
    });
  }

  async close(): Promise<void> {
    await this.#passingOn;
    await this.#inner.close();
  }

  async #passOn(): Promise<void> {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const { outcome } = await this.#handOver(next.sealed);
      next.answer(outcome);
      this.#waiting.shift();
    }
  }

  /** Wrapped, for the next one need not wait for what becomes of this one. */
  async #handOver(sealed: Promise<Sealed>): Promise<{ outcome: Promise<AppendOutcome> }> {
    try {
      const ready = await sealed;
      const isRefused = 'status' in ready;
      return { outcome: isRefused ? Promise.resolve(ready) : this.#inner.append(ready) };
    } catch (error) {
      if (error instanceof StoreUnreachable) return { outcome: Promise.resolve(outOfReach) };
      if (error instanceof UnusableMasterKey) return { outcome: Promise.resolve(locked) };
      const unforeseen = error instanceof Error ? error : new Error(String(error));
      return { outcome: Promise.reject(unforeseen) };
    }
  }

  /** The commit with its texts sealed, if all keys are at hand. */
  #sealedAtOnce(commit: Commit): Commit | undefined {
    if (commit.once !== undefined) return undefined;
    const month = monthAt(this.#now());
    const keyOf = (event: NewEvent): KeyObject | undefined => {
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

  async #sealed(commit: Commit): Promise<Sealed> {
    const month = monthAt(this.#now());
    const sealed = new Map<NewEvent, NewEvent>();
    let author: string | undefined;
    for (const event of commit.parts.flatMap((part) => part.events)) {
      const under = sealedUnder(event.event);
      if (under === undefined) continue;
      ({ author } = under);
      const key = this.#keyring.held(under, month) ?? (await this.#keyring.toSeal(under, month));
      if (typeof key === 'string') return refused;
      sealed.set(event, sealedBy(key, event, month));
    }
    const ready = withTexts(commit, (event) => sealed.get(event) ?? event);
    if (commit.once === undefined || author === undefined) return ready;
    const content = await this.#keyring.contentOf(author, commitContent(commit));
    return content === undefined ? refused : { ...ready, once: { ...commit.once, content } };
  }
}

function sealedBy(key: KeyObject, event: NewEvent, month: number): NewEvent {
  if (!('text' in event.event)) return event;
  return { ...event, sealed: sealText(key, event.id, month, event.event.text) };
}

const withTexts = (commit: Commit, seal: (event: NewEvent) => NewEvent): Commit => ({
  ...commit,
  parts: commit.parts.map((part) => ({ ...part, events: part.events.map(seal) })),
});
