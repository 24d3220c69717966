/** From the greeting to a login. People type; a check of a password stops the clock… */
export const loginMsMax = 60_000;
/** …for so long in all: room for dozens of attempts that are held back, and for no siege. */
export const loginHeldMsMax = 240_000;

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
