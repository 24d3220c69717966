import type { Outcome } from '../../support/answer-queue.ts';
import type { LineClient } from '../../support/line-client.ts';
import { within } from '../../support/until.ts';
import { pause } from './pause.ts';
import type { ClientsPlan } from './plan.ts';
import type { Random } from './random.ts';
import type { Scores } from './scores.ts';

/** Every answer has come by then, a Redis that is away for a while included. */
export const answerWithinMs = 30_000;
const closesWithinMs = 1_000;
const readsUpWithinMs = 5_000;
const burstMax = 8;
const longBurst = 60;

/** Who talks, and how. */
export interface Talker {
  readonly name: string;
  readonly plan: ClientsPlan;
  /** Names of all clients: whom it may follow. */
  readonly everybody: readonly string[];
  readonly random: Random;
  /** Whether it reads nothing now and then, and that first of all. */
  readonly isSlow: boolean;
  readonly scores: Scores;
}

export interface TalkOptions {
  readonly talker: Talker;
  /** Logged in. */
  readonly line: LineClient;
  /** Of its server. */
  readonly port: number;
  readonly nextText: () => string;
  /** When everybody is to log out. */
  readonly signal: AbortSignal;
}

/**
 * What a client does in one session, from its login until it goes or is cut off. It says nothing
 * while it does not know in which room it is.
 */
export class Talk {
  readonly #options: TalkOptions;

  constructor(options: TalkOptions) {
    this.#options = options;
  }

  /** Until it is cut off, goes by itself, or is to log out. */
  async run(): Promise<void> {
    const { talker, line, signal } = this.#options;
    const { scores } = talker;
    try {
      if (talker.isSlow) await this.#readNothing({ forTooLong: true });
      if (talker.random.chance(0.8)) await this.#move();
      let stays = true;
      while (stays && line.isOpen && !signal.aborted) stays = await this.#doSomething();
      if (stays && line.isOpen) await this.#logOut();
      else if (stays) scores.cut(await line.closed);
    } catch (error) {
      // A connection that breaks is known to be broken a little later.
      const reason = await Promise.race([line.closed, pause(closesWithinMs)]);
      if (reason === undefined) scores.odd(`${talker.name}: ${String(error)}`);
      else scores.cut(reason);
      line.vanish();
    }
  }

  /** False when it has gone by itself. */
  async #doSomething(): Promise<boolean> {
    const { random, plan, isSlow } = this.#options.talker;
    const messageMs = (plan.clients / plan.messagesPerSecond) * 1_000;
    const what = random.fraction();
    let said = 1;
    if (what < 0.84) said = await this.#burst();
    else if (what < 0.93) await this.#move();
    else if (what < 0.97) await this.#follow();
    else if (isSlow) await this.#readNothing({ forTooLong: random.chance(0.3) });
    else {
      await this.#leave();
      return false;
    }
    await pause(random.between(0.5, 1.5) * said * messageMs, this.#options.signal);
    return true;
  }

  /** Several messages at once; waits for some of the answers. Tells how many were said. */
  async #burst(): Promise<number> {
    const { talker, line, port, nextText } = this.#options;
    const { random, scores } = talker;
    const size = random.chance(0.01) ? longBurst : 1 + random.below(burstMax);
    const patience = random.below(size + 1);
    const outcomes: Promise<Outcome>[] = [];
    for (let said = 0; said < size; said++) {
      const outcome = line.say(nextText());
      scores.said();
      outcomes.push(outcome.then((settled) => scores.settled(settled, port, line.isOpen)));
    }
    const awaited = outcomes.slice(0, line.unanswered > longBurst ? size : patience);
    const settled = await within(Promise.all(awaited), answerWithinMs, 'answers to messages');
    if (settled.some(({ status }) => status !== 'ok')) await this.#takeBreath();
    return size;
  }

  /** Once the answer is not a yes it does not know where it is, and goes on until it does. */
  async #move(): Promise<void> {
    const { talker, line } = this.#options;
    const { random, plan, scores } = talker;
    for (;;) {
      const room = random.pick(plan.rooms);
      const answer = await line.command(`/join ${room}`);
      if (answer === `SUCCESS: Joined ${room}`) break;
      scores.refused(answer);
      await this.#takeBreath();
    }
    scores.moved();
  }

  async #follow(): Promise<void> {
    const { talker, line } = this.#options;
    const { random, everybody, scores } = talker;
    const verb = random.chance(0.6) ? 'subscribe' : 'unsubscribe';
    const answer = await line.command(`/${verb} ${random.pick(everybody)}`);
    if (!answer.startsWith('SUCCESS: ')) scores.refused(answer);
  }

  /** For a time that the server puts up with, or for one that it does not. */
  async #readNothing({ forTooLong }: { readonly forTooLong: boolean }): Promise<void> {
    const { talker, line, signal } = this.#options;
    const { random, scores } = talker;
    const seconds = forTooLong ? random.between(20, 30) : random.between(1, 4);
    line.pause();
    await pause(1_000 * seconds, signal);
    line.resume();
    if (!forTooLong || signal.aborted) return;
    // What lay unread comes first; the reason at its end only if it was read in time.
    const reason = await Promise.race([line.closed, pause(readsUpWithinMs)]);
    if (reason !== undefined) scores.tooSlow();
  }

  /** In good order, or without a word in the middle of something. */
  async #leave(): Promise<void> {
    const { talker, line, signal } = this.#options;
    if (talker.random.chance(0.5)) return this.#logOut();
    const burst = this.#burst().catch(() => 0);
    if (talker.random.chance(0.5)) await pause(talker.random.between(0, 30), signal);
    line.vanish();
    await burst;
    await line.closed;
  }

  async #logOut(): Promise<void> {
    const { talker, line } = this.#options;
    const answer = await line.logout();
    if (answer !== `SUCCESS: Goodbye ${talker.name}.`) talker.scores.refused(answer);
  }

  async #takeBreath(): Promise<void> {
    await pause(this.#options.talker.random.between(100, 500), this.#options.signal);
  }
}
