import type { Clock } from './clock.ts';

/** A router forgets a silent connection after a minute or more. */
const quietMsMax = 30_000;
/** From a connection's beginning to its first frame, and from a ping to any frame. */
const answerMsMax = 10_000;

/** Watches that a connection is heard of: after half a minute it asks, and then waits no longer. */
export class Silence {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #giveUp: () => void;
  #heardAtMs: number;
  #cancel: () => void;

  /** Begins with waiting for the first sign of life. */
  constructor(clock: Clock, ask: () => void, giveUp: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#giveUp = giveUp;
    this.#heardAtMs = -Infinity;
    this.#cancel = clock.setTimer(() => this.#giveUp(), answerMsMax);
  }

  heard(): void {
    const isAwaited = this.#heardAtMs === -Infinity;
    this.#heardAtMs = this.#clock.now();
    if (isAwaited) this.#watch(quietMsMax);
  }

  end(): void {
    this.#cancel();
  }

  #watch(ms: number): void {
    this.#cancel();
    this.#cancel = this.#clock.setTimer(() => {
      const quietMs = this.#clock.now() - this.#heardAtMs;
      if (quietMs < quietMsMax) this.#watch(quietMsMax - quietMs);
      else this.#await();
    }, ms);
  }

  #await(): void {
    this.#heardAtMs = -Infinity;
    this.#cancel = this.#clock.setTimer(() => this.#giveUp(), answerMsMax);
    this.#ask();
  }
}
