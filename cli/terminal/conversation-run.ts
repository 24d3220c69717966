import { ConnectFailure } from './connect-failure.ts';
import type { Conversation, Happening } from './conversation.ts';
import type { Effect } from './effect.ts';
import { type Dial, type LineLink, openLineLink } from './line-link.ts';
import { parseServerLine } from './server-line.ts';

/** The effects that somebody has to see or answer. */
export type ShownEffect = Extract<
  Effect,
  { do: 'ask' | 'chat' | 'show' | 'own' | 'tell' | 'giveBack' }
>;

/** Runs a conversation: connects, sends and waits for it, and has the rest shown. */
export class ConversationRun {
  /** The exit code, once the conversation is over. */
  readonly finished: Promise<0 | 1>;
  readonly #conversation: Conversation;
  readonly #dial: Dial;
  readonly #show: (effect: ShownEffect) => void;
  #finish: (code: 0 | 1) => void = () => {};
  #link: LineLink | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(conversation: Conversation, dial: Dial, show: (effect: ShownEffect) => void) {
    this.#conversation = conversation;
    this.#dial = dial;
    this.#show = show;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
  }

  start(): void {
    for (const effect of this.#conversation.start()) this.#perform(effect);
  }

  take(happening: Happening): void {
    for (const effect of this.#conversation.take(happening)) this.#perform(effect);
  }

  /** Sends a line beside the conversation. */
  send(line: string): void {
    this.#link?.send(line);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'connect':
        void this.#connect();
        break;
      case 'send':
        this.send(effect.line);
        break;
      case 'hangUp':
        this.#link?.close();
        break;
      case 'wait':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.take({ type: 'waited' }), effect.ms);
        break;
      case 'finish':
        this.#isOver = true;
        clearTimeout(this.#timer);
        this.#link?.close();
        this.#finish(effect.code);
        break;
      default:
        this.#show(effect);
    }
  }

  async #connect(): Promise<void> {
    try {
      const stream = await this.#dial();
      if (this.#isOver) {
        stream.destroy();
        return;
      }
      this.#link = openLineLink(stream, {
        line: (text) => this.take({ type: 'line', line: parseServerLine(text) }),
        closed: (why) => this.take({ type: 'closed', why, mayPass: true }),
      });
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      this.take({ type: 'closed', why: error.message, mayPass: error.mayPass });
    }
  }
}
