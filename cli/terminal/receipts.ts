import type { ServerLine } from './server-line.ts';

/** Somebody who is never answered need not remember more than this. */
const unconfirmedMax = 100;

/**
 * Knows which messages the server has not yet confirmed, so that after a loss a person learns what
 * may not have been sent. The receipts themselves stay out of sight unless the person asked for
 * them.
 */
export class Receipts {
  readonly #unconfirmed: string[] = [];
  #on = true;
  #shown = false;

  sent(text: string): void {
    if (!this.#on) return;
    this.#unconfirmed.push(text);
    if (this.#unconfirmed.length > unconfirmedMax) this.#unconfirmed.shift();
  }

  /** The person typed a command. */
  commanded(text: string): void {
    const choice = /^\/receipts\s+(on|off)\s*$/i.exec(text)?.[1]?.toLowerCase();
    if (choice === undefined) return;
    this.#shown = true;
    this.#on = choice === 'on';
    if (!this.#on) this.#unconfirmed.length = 0;
  }

  /** Takes note of a line of the server; true when a person need not see it. */
  hides(line: ServerLine): boolean {
    switch (line.kind) {
      case 'stored':
        this.#unconfirmed.shift();
        return !this.#shown;
      case 'error':
        // Answers come in order: this is the first message's, unless it answers a command.
        this.#unconfirmed.shift();
        return false;
      case 'success':
        return !this.#shown && line.words.startsWith('Receipts ');
      default:
        return false;
    }
  }

  /** What was not confirmed, now that the connection is gone. */
  get unconfirmed(): readonly string[] {
    return this.#unconfirmed;
  }
}
