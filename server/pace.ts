import type { ChatOptions } from './chat.ts';
import { TokenBucket } from './token-bucket.ts';

/** Commands other than messages are carried out no faster: most of them read the store. */
export const commandsPerSecondMax = 100;

/**
 * How fast one connection may go. Another login begins anew, which gains little: it costs a password
 * to check, and these have limits of their own.
 */
export class Pace {
  readonly #messages: TokenBucket;
  readonly #commands: TokenBucket;

  constructor({ messagesPerSecond, commandsPerSecond = commandsPerSecondMax }: ChatOptions) {
    this.#messages = new TokenBucket(messagesPerSecond, performance.now());
    this.#commands = new TokenBucket(commandsPerSecond, performance.now());
  }

  /** Counts a message; false when it comes too early. */
  takesMessage(): boolean {
    return this.#messages.take(performance.now());
  }

  /** Counts another command, which waits for as long as it comes too early. */
  async takesCommand(): Promise<void> {
    while (!this.#commands.take(performance.now()))
      await new Promise((resolve) => setTimeout(resolve, this.#commands.delayMs));
  }
}
