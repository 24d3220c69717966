import type { HistorySink } from '../../checker/history.ts';
import type { Outcome } from '../../support/answer-queue.ts';
import { connect, type LineClient } from '../../support/line-client.ts';
import type { ReceivedLine } from '../../support/recent-lines.ts';
import { readServerLine } from '../../support/server-line.ts';
import { within } from '../../support/until.ts';
import { pause } from './pause.ts';
import type { ClientsPlan } from './plan.ts';
import type { Random } from './random.ts';
import type { Scores } from './scores.ts';

/** Every answer has come by then, a Redis that is away for a while included. */
const answerWithinMs = 30_000;
const finishWithinMs = 60_000;
const closesWithinMs = 1_000;
const burstMax = 8;
const longBurst = 60;
const longTextCharacters = 900;

export interface BusyClientOptions {
  readonly name: string;
  readonly plan: ClientsPlan;
  readonly ca: Buffer;
  /** Names of all clients: whom it may follow. */
  readonly everybody: readonly string[];
  readonly random: Random;
  /** Whether it reads nothing now and then. */
  readonly isSlow: boolean;
  readonly history: HistorySink;
  readonly scores: Scores;
}

/**
 * A client that says things, goes from room to room, follows others, comes and goes, and comes
 * back on either server when it is cut off. What it does is decided by its seed, apart from what
 * the servers do to it. It says nothing while it does not know in which room it is.
 */
export class BusyClient {
  readonly #options: BusyClientOptions;
  readonly #finishing = new AbortController();
  #texts = 0;
  #port = 0;
  #line: LineClient | undefined;

  constructor(options: BusyClientOptions) {
    this.#options = options;
  }

  /** Makes the account; its first session goes at once. */
  async register(): Promise<void> {
    const line = await this.#connect();
    const answer = await line.command(`REGISTER ${this.#options.name} ${this.#password}`);
    if (!answer.startsWith('SUCCESS: ')) throw new Error(`not registered: ${answer}`);
    await line.expect(/^SUCCESS: Welcome /);
    await line.logout();
  }

  /** Goes on until `finish`, then logs out when everything is answered. */
  async live(): Promise<void> {
    const { signal } = this.#finishing;
    while (!signal.aborted) {
      this.#line = await this.#logIn();
      await this.#talk(this.#line);
      this.#options.scores.gone(this.#port);
    }
    await within(this.#logOutAtLast(), finishWithinMs, `${this.#options.name} to log out`).catch(
      (error: unknown) => this.#options.scores.odd(String(error)),
    );
  }

  /** Its connection breaks without a word; it comes back by itself. */
  vanish(): void {
    this.#line?.vanish();
  }

  finish(): void {
    this.#finishing.abort();
  }

  /** Until it is cut off, goes by itself, or is to finish. */
  async #talk(line: LineClient): Promise<void> {
    const { random, plan, isSlow, scores } = this.#options;
    const { signal } = this.#finishing;
    const messageMs = (plan.clients / plan.messagesPerSecond) * 1_000;
    try {
      if (random.chance(0.8)) await this.#move(line);
      while (line.isOpen && !signal.aborted) {
        const what = random.fraction();
        let said = 1;
        if (what < 0.84) said = await this.#burst(line);
        else if (what < 0.93) await this.#move(line);
        else if (what < 0.97) await this.#follow(line);
        else if (isSlow) await this.#readNothing(line);
        else return await this.#leave(line);
        await pause(random.between(0.5, 1.5) * said * messageMs, signal);
      }
      if (!line.isOpen) scores.cut(await line.closed);
      else await this.#leaveInOrder(line);
    } catch (error) {
      // A connection that breaks is known to be broken a little later.
      const reason = await Promise.race([line.closed, pause(closesWithinMs)]);
      if (reason === undefined) scores.odd(`${this.#options.name}: ${String(error)}`);
      else scores.cut(reason);
      line.vanish();
    }
  }

  /** Several messages at once; waits for some of the answers. Tells how many were said. */
  async #burst(line: LineClient): Promise<number> {
    const { random, scores } = this.#options;
    const size = random.chance(0.01) ? longBurst : 1 + random.below(burstMax);
    const patience = random.below(size + 1);
    const outcomes: Promise<Outcome>[] = [];
    for (let said = 0; said < size; said++) {
      const outcome = line.say(this.#text());
      scores.said();
      outcomes.push(outcome.then((settled) => scores.settled(settled, this.#port, line.isOpen)));
    }
    const awaited = outcomes.slice(0, line.unanswered > longBurst ? size : patience);
    const settled = await within(Promise.all(awaited), answerWithinMs, 'answers to messages');
    if (settled.some(({ status }) => status !== 'ok')) await this.#takeBreath();
    return size;
  }

  /** Once the answer is not a yes it does not know where it is, and goes on until it does. */
  async #move(line: LineClient): Promise<void> {
    const { random, plan, scores } = this.#options;
    for (;;) {
      const room = random.pick(plan.rooms);
      const answer = await line.command(`/join ${room}`);
      if (answer === `SUCCESS: Joined ${room}`) break;
      scores.refused(answer);
      await this.#takeBreath();
    }
    scores.moved();
  }

  async #follow(line: LineClient): Promise<void> {
    const { random, everybody, scores } = this.#options;
    const verb = random.chance(0.6) ? 'subscribe' : 'unsubscribe';
    const answer = await line.command(`/${verb} ${random.pick(everybody)}`);
    if (!answer.startsWith('SUCCESS: ')) scores.refused(answer);
  }

  /** For a time that the server puts up with, or for one that it does not. */
  async #readNothing(line: LineClient): Promise<void> {
    const { random } = this.#options;
    const seconds = random.chance(0.5) ? random.between(1, 4) : random.between(12, 15);
    line.pause();
    await pause(seconds * 1_000, this.#finishing.signal);
    line.resume();
  }

  /** In good order, or without a word in the middle of something. */
  async #leave(line: LineClient): Promise<void> {
    const { random } = this.#options;
    if (random.chance(0.5)) return this.#leaveInOrder(line);
    const burst = this.#burst(line).catch(() => 0);
    if (random.chance(0.5)) await pause(random.between(0, 30), this.#finishing.signal);
    line.vanish();
    await burst;
  }

  async #leaveInOrder(line: LineClient): Promise<void> {
    const answer = await line.logout();
    if (answer !== `SUCCESS: Goodbye ${this.#options.name}.`) this.#options.scores.refused(answer);
    if (line.unanswered > 0) this.#options.scores.odd(`${line.unanswered} lines were not answered`);
  }

  /** Until the server says Goodbye: by then it has shown all that there was to show. */
  async #logOutAtLast(): Promise<void> {
    const { name, scores } = this.#options;
    for (;;) {
      const line = await this.#logIn();
      try {
        const answer = await line.logout();
        if (answer === `SUCCESS: Goodbye ${name}.`) return;
        scores.refused(answer);
      } catch (error) {
        scores.cut(String(error));
      }
      line.vanish();
    }
  }

  /** Connects to any of the servers until one lets it in. */
  async #logIn(): Promise<LineClient> {
    const { random, scores } = this.#options;
    for (;;) {
      let line: LineClient | undefined;
      try {
        line = await this.#connect();
        const answer = await this.#ask(line);
        if (answer.startsWith('SUCCESS: ')) {
          await line.receipts();
          scores.loggedIn(this.#port);
          return line;
        }
        scores.refused(answer);
      } catch (error) {
        scores.cut(String(error));
      }
      line?.vanish();
      await pause(random.between(50, 500));
    }
  }

  /** Asks for a login; takes the session over where one is open, mostly at once. */
  async #ask(line: LineClient): Promise<string> {
    const { name, random } = this.#options;
    const answer = await line.tryLogin(name, this.#password);
    const isElsewhere = answer === 'ERROR: User already logged in elsewhere.';
    if (!isElsewhere || random.chance(0.3)) return answer;
    return line.tryLogin(name, this.#password, { takeover: true });
  }

  async #connect(): Promise<LineClient> {
    const { random, plan, ca, history, isSlow, scores } = this.#options;
    const port = random.pick(plan.ports);
    this.#port = port;
    scores.connected();
    const onLine = ({ text }: ReceivedLine): void => {
      if (readServerLine(text).kind === 'notice') scores.noticed(text, isSlow);
    };
    return connect({ port, ca, history, onLine, withinMs: answerWithinMs });
  }

  async #takeBreath(): Promise<void> {
    await pause(this.#options.random.between(100, 500), this.#finishing.signal);
  }

  get #password(): string {
    return `password-of-${this.#options.name}`;
  }

  /** Told apart from every other by who says it and how manieth it is. */
  #text(): string {
    const { name, random, plan } = this.#options;
    const text = `${name}.${++this.#texts}`;
    if (random.chance(0.01)) return `/${text}`;
    if (random.chance(plan.longTexts))
      return `${text} ${'ä€😀'.repeat(random.below(longTextCharacters / 3))}.`;
    return text;
  }
}
