/** By default, messages a second for each user: far above any person, below a runaway program. */
export const messagesPerSecondDefault = 1_000;

/** A token bucket: so many messages a second, and twice as many at once. */
export class MessageRate {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * 2;
    this.#filledAt = now;
  }

  /** Takes one message's token; false when there is none. `now` in milliseconds. */
  take(now: number): boolean {
    const refill = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond * 2, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
