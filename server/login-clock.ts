/**
 * Time that runs out, but stands still while its owner is kept waiting. It may stand still for so
 * long in all: who has themselves kept waiting again and again must not stay for ever.
 */
export class LoginClock {
  readonly #onTimeUp: () => void;
  readonly #atLast: NodeJS.Timeout;
  #msLeft: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, standsStillMsMax: number, onTimeUp: () => void) {
    this.#msLeft = ms;
    this.#onTimeUp = onTimeUp;
    this.#atLast = setTimeout(onTimeUp, ms + standsStillMsMax);
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

  /** There is nothing more to be in time for. */
  end(): void {
    this.stop();
    clearTimeout(this.#atLast);
  }
}
