import type { HistorySink } from '../../checker/history.ts';
import { connect, type LineClient } from '../../support/line-client.ts';
import { readServerLine } from '../../support/server-line.ts';
import { within } from '../../support/until.ts';
import { pause } from './pause.ts';
import { answerWithinMs, Talk, type Talker } from './talk.ts';

const finishWithinMs = 60_000;
const outOfReach = 'ERROR: The chat is out of reach';
/** Of nine bytes each: a text of up to 2,700 bytes. */
const longTextPieces = 300;

export interface BusyClientOptions extends Talker {
  /** The certificate to trust. */
  readonly ca: Buffer;
  readonly history: HistorySink;
}

/**
 * A client that says things, goes from room to room, follows others, comes and goes, and comes
 * back on either server when it is cut off. What it does is decided by its seed, apart from what
 * the servers do to it.
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

  /** Makes the account, as soon as the store is in reach; its first session goes at once. */
  async register(): Promise<void> {
    const { name, random, scores } = this.#options;
    for (;;) {
      const line = await this.#connect();
      const answer = await line.command(`REGISTER ${name} ${this.#password}`);
      if (answer.startsWith('SUCCESS: ')) {
        await line.expect(/^SUCCESS: Welcome /);
        await line.logout();
        return;
      }
      line.vanish();
      // What was refused so was not stored.
      if (!answer.startsWith(outOfReach)) throw new Error(`not registered: ${answer}`);
      scores.refused(answer);
      await pause(random.between(50, 500));
    }
  }

  /** Goes on until `finish`, then logs out when everything is answered. */
  async live(): Promise<void> {
    const { name, scores } = this.#options;
    const { signal } = this.#finishing;
    while (!signal.aborted) {
      const line = await this.#logIn();
      const nextText = (): string => this.#nextText();
      const port = this.#port;
      await new Talk({ talker: this.#options, line, port, nextText, signal }).run();
      scores.gone(port);
    }
    await within(this.#logOutAtLast(), finishWithinMs, `${name} to log out`).catch(
      (error: unknown) => scores.odd(String(error)),
    );
  }

  /** Its connection breaks without a word; it comes back by itself. */
  vanish(): void {
    this.#line?.vanish();
  }

  finish(): void {
    this.#finishing.abort();
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
        const answer = await this.#askToBeLetIn(line);
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

  /** Takes the session over where one is open, mostly at once. */
  async #askToBeLetIn(line: LineClient): Promise<string> {
    const { name, random } = this.#options;
    const answer = await line.tryLogin(name, this.#password);
    const isElsewhere = answer === 'ERROR: User already logged in elsewhere.';
    if (!isElsewhere || random.chance(0.3)) return answer;
    return line.tryLogin(name, this.#password, { takeover: true });
  }

  async #connect(): Promise<LineClient> {
    const { random, plan, ca, history, scores } = this.#options;
    const port = random.pick(plan.ports);
    this.#port = port;
    scores.connected();
    const onLine = ({ text }: { readonly text: string }): void => this.#look(text);
    const line = await connect({ port, ca, history, onLine, withinMs: answerWithinMs });
    this.#line = line;
    return line;
  }

  /** Looks at what the server tells unasked, and at the last that it tells. */
  #look(text: string): void {
    const { isSlow, scores } = this.#options;
    const { kind } = readServerLine(text);
    const unanswered = this.#line?.unanswered ?? 0;
    if (kind === 'notice') scores.noticed(text, isSlow);
    if (kind === 'goodbye' && unanswered > 0) scores.odd(`${unanswered} answers are lacking`);
  }

  get #password(): string {
    return `password-of-${this.#options.name}`;
  }

  /** Told apart from every other by who says it and how manieth it is. */
  #nextText(): string {
    const { name, random, plan } = this.#options;
    const text = `${name}.${++this.#texts}`;
    if (random.chance(0.01)) return `/${text}`;
    if (!random.chance(plan.longTexts)) return text;
    return `${text} ${'ä€😀'.repeat(random.between(longTextPieces / 3, longTextPieces))}.`;
  }
}
