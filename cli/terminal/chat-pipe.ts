import { setTimeout as sleep } from 'node:timers/promises';

import type { Conversation } from './conversation.ts';
import { ConversationRun, type ShownEffect } from './conversation-run.ts';
import type { Dial } from './line-link.ts';
import type { ServerLine } from './server-line.ts';

export interface ChatPipeOptions {
  /** One that cannot be asked. */
  readonly conversation: Conversation;
  readonly dial: Dial;
  /** What to say. Read only after the login. */
  readonly lines: () => AsyncIterable<string>;
  readonly room: string | undefined;
  /** Each takes one line without its end. */
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** What is being waited for: a message's receipt, or the end of a command's answer. */
type Awaited = 'receipt' | 'fence';

const fence = '/receipts on';

/**
 * A conversation with a program: sends each line, waits until the server has stored it or has
 * carried it out, and goes when there are no more. What arrives is put out as it is.
 */
export class ChatPipe {
  readonly #options: ChatPipeOptions;
  readonly #run: ConversationRun;
  #awaited: Awaited | undefined;
  #answer: (isGood: boolean) => void = () => {};
  #isCommandGood = true;
  /** The message was refused because too many came at once; it was not stored. */
  #againInMs: number | undefined;
  #isOver = false;
  #wasStopped = false;
  #loggedIn: () => void = () => {};

  constructor(options: ChatPipeOptions) {
    this.#options = options;
    const { conversation, dial } = options;
    this.#run = new ConversationRun(conversation, dial, (effect) => this.#show(effect));
  }

  /** Promises 0 when everything was stored, else 1. */
  async run(): Promise<0 | 1> {
    const ready = new Promise<void>((resolve) => (this.#loggedIn = resolve));
    this.#run.start();
    const said = ready
      .then(() => this.#sayAll())
      .catch((error: unknown) => this.#onBadInput(error));
    const code = await this.#run.finished;
    this.#isOver = true;
    this.#answer(false);
    if (code !== 0 || this.#wasStopped) return 1;
    return (await said) ? 0 : 1;
  }

  /** Ends it before everything was said. */
  stop(): void {
    this.#wasStopped = true;
    this.#run.take({ type: 'quit' });
  }

  async #sayAll(): Promise<boolean> {
    const { room, lines } = this.#options;
    let allGood = await this.#command(room === undefined ? undefined : `/join ${room}`);
    if (allGood) {
      for await (const line of lines()) {
        if (this.#isOver) return false;
        if (/^\/(?:quit|logout)\s*$/i.test(line)) break;
        if (line.trim() !== '') allGood = (await this.#say(line)) && allGood;
      }
    }
    this.#run.take({ type: 'quit' });
    return allGood;
  }

  /** The input cannot be read on: whoever ends it early, or what it comes from. */
  #onBadInput(error: unknown): false {
    if (this.#isOver) return false;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.err(`securechat: The input cannot be read: ${why}`);
    this.#run.take({ type: 'quit' });
    return false;
  }

  async #say(line: string): Promise<boolean> {
    if (line.startsWith('/') && !line.startsWith('//')) return this.#command(line);
    for (;;) {
      const answer = this.#await('receipt');
      this.#run.send(line);
      const isGood = await answer;
      if (this.#againInMs === undefined) return isGood;
      await sleep(this.#againInMs);
    }
  }

  /** Sends a command, and behind it one whose answer is known: there the command's answer ends. */
  #command(line: string | undefined): Promise<boolean> {
    const answer = this.#await('fence');
    if (line !== undefined) this.#run.send(line);
    this.#run.send(fence);
    return answer;
  }

  #await(awaited: Awaited): Promise<boolean> {
    this.#againInMs = undefined;
    if (this.#isOver) return Promise.resolve(false);
    this.#awaited = awaited;
    this.#isCommandGood = true;
    return new Promise((resolve) => {
      this.#answer = (isGood) => {
        this.#awaited = undefined;
        this.#answer = () => {};
        resolve(isGood);
      };
    });
  }

  #show(effect: ShownEffect): void {
    switch (effect.do) {
      case 'chat':
        return this.#loggedIn();
      case 'show':
        return this.#onLine(effect.line);
      case 'tell':
        for (const line of effect.words.split('\n')) this.#options.err(`securechat: ${line}`);
        return;
      default:
    }
  }

  #onLine(line: ServerLine): void {
    const { out, err } = this.#options;
    const isFence = line.kind === 'success' && line.words === 'Receipts on.';
    if (this.#awaited === 'receipt' && line.kind === 'error' && line.code === 'TooManyMessages') {
      this.#againInMs = Number(line.subject) * 1_000;
      return this.#answer(false);
    }
    if (line.kind === 'error') err(line.text);
    else if (!(isFence && this.#awaited === 'fence')) out(line.text);
    if (this.#awaited === 'receipt') {
      if (line.kind === 'stored') this.#answer(true);
      // The one error that answers nothing.
      else if (line.kind === 'error' && line.code !== 'ContinuityBroken') this.#answer(false);
    } else if (this.#awaited === 'fence') {
      if (line.kind === 'error') this.#isCommandGood = false;
      else if (isFence) this.#answer(this.#isCommandGood);
    }
  }
}
