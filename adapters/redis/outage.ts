import type { LinkNews } from '../../core/stores.ts';

/** Tells of the outages of a link: once that one began, and why, and once that it is over. */
export class Outage {
  readonly #tell: (news: LinkNews) => void;
  /** The reason that was told; undefined when there is no outage. */
  #told: string | undefined;

  constructor(tell: (news: LinkNews) => void = () => undefined) {
    this.#tell = tell;
  }

  begin(reason: string): void {
    this.#told = reason;
    this.#tell({ status: 'down', reason });
  }

  /**
   * Why it is not over yet. Told if it is the first that is heard of the outage, or if Redis has
   * answered, and with something new: that it is there and not to be used is another thing to mend.
   */
  goOn(reason: string, hasAnswered: boolean): void {
    const isNew = hasAnswered && reason !== this.#told;
    if (this.#told === undefined || isNew) this.begin(reason);
  }

  end(downMs: number): void {
    if (this.#told !== undefined) this.#tell({ status: 'back', downMs });
    this.#told = undefined;
  }
}
