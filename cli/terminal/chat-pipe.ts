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
/** After the goodbye, the rest of an input that may not end is looked at for so long. */
const restMsMax = 200;

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
  /** Whether everything up to now was stored, or carried out. */
  #isAllGood = true;
  /** The command in the input that ended the conversation, and how many lines came behind it. */
  #quit: { readonly by: string; unsent: number } | undefined;
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
    const timer = new AbortController();
    const { signal } = timer;
    await Promise.race([said, sleep(restMsMax, undefined, { signal }).catch(() => undefined)]);
    timer.abort();
    return this.#isAllGood && this.#saidAll() ? 0 : 1;
  }

  /** Ends it before everything was said. */
  stop(): void {
    this.#wasStopped = true;
    this.#run.take({ type: 'quit' });
  }

  async #sayAll(): Promise<void> {
    const { room, lines } = this.#options;
    this.#isAllGood = await this.#command(room === undefined ? undefined : `/join ${room}`);
    if (this.#isAllGood) {
      for await (const line of lines()) {
        if (line.trim() === '') continue;
        if (this.#quit !== undefined) this.#quit.unsent += 1;
        else if (this.#isOver) this.#isAllGood = false;
        else if (/^\/(?:quit|logout)\s*$/i.test(line)) {
          this.#quit = { by: line.trim(), unsent: 0 };
          this.#run.take({ type: 'quit' });
        } else if (!(await this.#say(line))) this.#isAllGood = false;
      }
    }
    if (this.#quit === undefined) this.#run.take({ type: 'quit' });
  }

  /** Whether nothing came behind a /quit, or else tells how much. */
  #saidAll(): boolean {
    const { by = '', unsent = 0 } = this.#quit ?? {};
    if (unsent === 0) return true;
    const lines = unsent === 1 ? '1 line was' : `${unsent} lines were`;
    this.#options.err(`securechat: ${lines} not sent, because ${by} came before.`);
    return false;
  }

  /** The input cannot be read on: whoever ends it early, or what it comes from. */
  #onBadInput(error: unknown): void {
    if (this.#isOver) return;
    this.#isAllGood = false;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.err(`securechat: The input cannot be read: ${why}`);
    this.#run.take({ type: 'quit' });
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
