/** Time that runs out, but stands still while its owner is kept waiting. */
export class LoginClock {
  readonly #onTimeUp: () => void;
  #msLeft: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onTimeUp: () => void) {
    this.#msLeft = ms;
    this.#onTimeUp = onTimeUp;
  }

  start(): void {
    this.stop();
    this.#startedAt = performance.now();
    this.#timer = setTimeout(this.#onTimeUp, this.#msLeft);
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#msLeft -= performance.now() - this.#startedAt;
  }
}
