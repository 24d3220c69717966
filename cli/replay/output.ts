import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** So much is gathered before it is written: a write for each line costs more than the line. */
const gatheredMax = 65_536;

/** Where the result is written. It waits for whoever reads it, so that nothing piles up here. */
export class Output {
  readonly isTerminal: boolean;
  readonly #stream: Writable;
  #gathered = '';

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
  }

  /** Resolves when more can be taken. */
  async write(text: string): Promise<void> {
    this.#gathered += text;
    if (this.#gathered.length >= gatheredMax) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#gathered === '') return;
    const isTaken = this.#stream.write(this.#gathered);
    this.#gathered = '';
    if (!isTaken) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    await this.flush();
  }
}
