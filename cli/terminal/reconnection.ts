import { type Effect, fail, tell } from './effect.ts';

const firstMs = 1_000;
const longestMs = 30_000;

/**
 * How long to wait before the attempt after `failures` failed ones: twice as long each time, up to
 * half a minute, and shortened by chance to as little as half, so that the clients of a server
 * that has stopped do not all come to the next one at the same moment.
 * @param random from 0 to 1
 */
export function backOffMs(failures: number, random: number): number {
  const longest = Math.min(firstMs * 2 ** failures, longestMs);
  return Math.round(longest * (0.5 + random / 2));
}

/** The attempts to come back after a loss, and what is told about them. */
export class Reconnection {
  readonly #random: () => number;
  #failures = 0;
  #lastWhy = '';

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The connection was lost. */
  begin(): readonly Effect[] {
    this.#failures = 0;
    this.#lastWhy = '';
    return this.#later('Reconnecting');
  }

  /** An attempt failed. A reason is told once, however often it is met. */
  again(why: string): readonly Effect[] {
    const isNews = why !== this.#lastWhy;
    this.#lastWhy = why;
    const later = this.#later('Trying again');
    return isNews ? [fail(why), ...later] : later.filter((effect) => effect.do !== 'tell');
  }

  #later(doing: string): readonly Effect[] {
    const ms = backOffMs(this.#failures, this.#random());
    this.#failures += 1;
    return [
      { do: 'chat', prompt: '(offline)> ' },
      tell(`${doing} in ${Math.ceil(ms / 1_000)} s …`),
      { do: 'wait', ms },
    ];
  }
}
