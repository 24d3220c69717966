import type { EventEmitter } from 'node:events';

import { unreachable } from '../../core/rejection.ts';
import { SeenNames } from './completion.ts';
import type { Conversation } from './conversation.ts';
import { ConversationRun, type ShownEffect } from './conversation-run.ts';
import { InputField } from './input-field.ts';
import { Keyboard, type KeyboardInput } from './keyboard.ts';
import type { Dial } from './line-link.ts';
import type { Paint } from './paint.ts';
import { Screen, type ScreenOutput } from './screen.ts';

export interface ChatTerminalOptions {
  readonly conversation: Conversation;
  readonly dial: Dial;
  readonly input: KeyboardInput;
  /** Emits `resize`, as a tty does. */
  readonly output: ScreenOutput & EventEmitter;
  readonly paint: Paint;
  /** The time to show before a line; empty for none. */
  readonly stamp: () => string;
}

/** A conversation with a person at a terminal. */
export class ChatTerminal {
  readonly #paint: Paint;
  readonly #stamp: () => string;
  readonly #output: ChatTerminalOptions['output'];
  readonly #screen: Screen;
  readonly #field: InputField;
  readonly #keyboard: Keyboard;
  readonly #run: ConversationRun;
  readonly #names = new SeenNames();

  constructor({ conversation, dial, input, output, paint, stamp }: ChatTerminalOptions) {
    this.#paint = paint;
    this.#stamp = stamp;
    this.#output = output;
    this.#screen = new Screen(output, (prompt) => paint.prompt(prompt));
    this.#run = new ConversationRun(conversation, dial, (effect) => this.#show(effect));
    const quit = (): void => this.#run.take({ type: 'quit' });
    this.#field = new InputField(
      {
        changed: (line) => this.#screen.show(line),
        entered: (prompt, text, shown) => this.#entered(prompt, text, shown),
        choices: (choices) => this.#screen.print(paint.notice(choices.join('  '))),
        warned: () => this.#tell('Ctrl-C once more, or Ctrl-D, quits.'),
        suspended: () => this.#suspend(),
        cleared: () => this.#screen.clear(),
        quit,
      },
      this.#names,
    );
    const write = (text: string): void => void output.write(text);
    this.#keyboard = new Keyboard(input, write, (key) => this.#field.press(key));
  }

  /** Promises the exit code. The terminal is then as it was before. */
  async run(): Promise<0 | 1> {
    const quit = (): void => this.#run.take({ type: 'quit' });
    const resized = (): void => this.#screen.resized();
    const restore = (): void => this.#keyboard.pause();
    this.#keyboard.start();
    this.#output.on('resize', resized);
    process.on('SIGTERM', quit).on('SIGHUP', quit).once('exit', restore);
    try {
      this.#run.start();
      return await this.#run.finished;
    } finally {
      this.#field.close();
      this.#screen.flush();
      this.#keyboard.stop();
      this.#output.off('resize', resized);
      process.off('SIGTERM', quit).off('SIGHUP', quit).off('exit', restore);
    }
  }

  #show(effect: ShownEffect): void {
    const paint = this.#paint;
    switch (effect.do) {
      case 'ask':
        return this.#field.ask(effect.prompt, effect);
      case 'chat':
        return this.#field.chat(effect.prompt);
      case 'giveBack':
        return this.#field.giveBack(effect.text);
      case 'show':
        this.#names.learn(effect.line);
        return this.#print(paint.line(effect.line));
      case 'own':
        return this.#print(paint.own(effect.spoken));
      case 'tell':
        return this.#tell(effect.words, effect.tone);
      default:
        return unreachable(effect);
    }
  }

  #entered(prompt: string, text: string, shown: string): void {
    if (this.#field.isClosed) this.#screen.print(this.#paint.prompt(prompt) + shown);
    this.#run.take({ type: 'entered', text });
  }

  #tell(words: string, tone: 'notice' | 'error' = 'notice'): void {
    for (const line of words.split('\n'))
      this.#print(tone === 'error' ? this.#paint.error(line) : this.#paint.notice(line));
  }

  #print(painted: string): void {
    this.#screen.print(this.#paint.notice(this.#stamp()) + painted);
  }

  /** Ctrl-Z: the shell has the terminal until it lets us go on. */
  #suspend(): void {
    this.#screen.show(undefined);
    this.#screen.flush();
    this.#keyboard.pause();
    process.once('SIGCONT', () => {
      this.#keyboard.resume();
      this.#field.redraw();
    });
    process.kill(process.pid, 'SIGTSTP');
  }
}
