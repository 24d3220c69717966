import { emitKeypressEvents } from 'node:readline';

import type { Key } from './line-editor.ts';

/** The part of `tty.ReadStream` that reading keys needs. */
export interface KeyboardInput extends NodeJS.ReadableStream {
  setRawMode(isRaw: boolean): unknown;
}

// Bracketed paste: the terminal marks what is pasted, so that its line ends send nothing.
const bracketedPasteOn = '\u001b[?2004h';
const bracketedPasteOff = '\u001b[?2004l';

interface ReadlineKey {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** Reads single keys from a terminal, which it gives back as it was. */
export class Keyboard {
  readonly #input: KeyboardInput;
  readonly #write: (text: string) => void;
  readonly #onKeypress: (typed: string | undefined, key: ReadlineKey) => void;

  constructor(input: KeyboardInput, write: (text: string) => void, press: (key: Key) => void) {
    this.#input = input;
    this.#write = write;
    this.#onKeypress = (typed, { name, ctrl, meta }) => press({ name, ctrl, meta, typed });
    emitKeypressEvents(input);
  }

  start(): void {
    this.#input.on('keypress', this.#onKeypress);
    this.resume();
    this.#input.resume();
  }

  stop(): void {
    this.#input.off('keypress', this.#onKeypress);
    this.pause();
    this.#input.pause();
  }

  /** Gives the terminal back for a while. */
  pause(): void {
    this.#write(bracketedPasteOff);
    this.#input.setRawMode(false);
  }

  resume(): void {
    this.#input.setRawMode(true);
    this.#write(bracketedPasteOn);
  }
}
