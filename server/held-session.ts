import type { ChatEvent } from '../core/event.ts';
import type { Actor, AppendOutcome } from '../core/event-store.ts';
import { type Appender, commitOf, type Part } from './appender.ts';
import type { Chat } from './chat.ts';
import { ReadMarks } from './read-marks.ts';

const over: AppendOutcome = { status: 'fenced' };

/**
 * A session of this server, as its client's commands append for it. They do so through the
 * incarnation that opened it: what outlives that one is refused by the store. Once the client has
 * gone nothing more is appended by a command that was still at work.
 */
export class HeldSession {
  readonly user: string;
  readonly session: string;
  readonly actor: Actor;
  readonly marks: ReadMarks;
  /** Whether the view shows in which rooms the session is: a move's fate may be unknown. */
  isPlaced = true;
  readonly #appender: Appender;
  readonly #underWay = new Set<Promise<AppendOutcome>>();
  #isOver = false;

  constructor({ options, incarnation, appender }: Chat, user: string, session: string) {
    this.user = user;
    this.session = session;
    this.actor = { user, session, server: options.name, incarnation };
    this.#appender = appender;
    // How far somebody has read is written down also after they have gone.
    this.marks = new ReadMarks(user, (part) => appender.append(this.actor, [part]));
  }

  /** One commit for each partition, in the order of the parts; see {@link Appender}. */
  append(...parts: readonly Part[]): Promise<AppendOutcome> {
    if (this.#isOver) return Promise.resolve(over);
    const outcome = this.#appender.appendInTurn(this.actor, parts);
    this.#underWay.add(outcome);
    return outcome.finally(() => this.#underWay.delete(outcome));
  }

  /** Hands one event over and answers its id at once, and its outcome as soon as the store does. */
  hand(
    stream: string,
    events: readonly ChatEvent[],
  ): { id: string; outcome: Promise<AppendOutcome> } {
    const commit = commitOf(this.actor, [{ stream, expected: 'any', events }]);
    const id = commit.parts[0]?.events[0]?.id ?? '';
    return { id, outcome: this.#isOver ? Promise.resolve(over) : this.#appender.hand(commit) };
  }

  /** Its client has gone. Resolves when what is under way has been folded, or is given up. */
  async letGo(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#underWay);
  }
}
