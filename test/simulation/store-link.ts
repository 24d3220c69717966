import { StoreUnreachable } from '../../core/event-store.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** What the way between a server and the store is like. */
export interface Weather {
  /** Each way, at most, in milliseconds. */
  readonly latencyMs: number;
  /** The chances that a batch of appends does not arrive, or that its answer does not. */
  readonly lostAppends: number;
  readonly lostAnswers: number;
  /** …or that it is carried out late: by so many milliseconds at most. */
  readonly lateAppends: number;
  readonly lateMs: number;
  /** How late records reach the server, at most. */
  readonly lagMs: number;
  /** The chance that something is asked twice. */
  readonly repeats: number;
}

export const calm: Weather = {
  latencyMs: 3,
  lostAppends: 0,
  lostAnswers: 0,
  lateAppends: 0,
  lateMs: 0,
  lagMs: 0,
  repeats: 0.02,
};

/** As real stores do, an answer is waited for so long. */
const answerWithinMs = 3_000;

/** One process's way to the store: it takes time, and can be cut. */
export class StoreLink {
  readonly process: Process;
  readonly world: World;
  weather: Weather = calm;
  /** How many faults cut it now, and how many have. */
  #cutBy = 0;
  #cuts = 0;
  #wholeSince: number;
  #onMended: (() => void)[] = [];

  constructor(world: World, process: Process) {
    this.world = world;
    this.process = process;
    this.#wholeSince = world.now;
  }

  /** For how long it has been whole, in milliseconds; 0 while it is cut. */
  get wholeMs(): number {
    return this.#isCut ? 0 : this.world.now - this.#wholeSince;
  }

  get #isCut(): boolean {
    return this.#cutBy > 0;
  }

  /** What is under way is lost or waits, and nothing else passes, until it is mended. */
  cut(): void {
    this.#cutBy += 1;
    this.#cuts += 1;
  }

  /** One who cut it mends it. */
  mend(): void {
    this.#cutBy -= 1;
    if (this.#isCut) return;
    this.interrupted();
    for (const then of this.#onMended.splice(0)) then();
  }

  /** The process was away for so long that it has to connect again. */
  interrupted(): void {
    this.#wholeSince = this.world.now;
  }

  /** At once, or outside when the link is mended. */
  whenWhole(then: () => void): void {
    if (this.#isCut) this.#onMended.push(then);
    else then();
  }

  /** Carries something one way; if the link is cut meanwhile it is `lost` instead. */
  carry(arrive: () => void, lost: () => void = () => {}, extraMs = 0): void {
    if (this.#isCut) return lost();
    const cuts = this.#cuts;
    const ms = this.world.random.below(this.weather.latencyMs + 1) + extraMs;
    this.world.later(ms, () => (cuts === this.#cuts ? arrive() : lost()));
  }

  /**
   * Asks the store something that may be asked more than once, again after a cut.
   * @throws {StoreUnreachable} when there is no answer in time
   */
  ask<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (settle: () => void): void => {
        if (!isOver) settle();
        isOver = true;
        clearTimeout(giveUp);
      };
      const giveUp = setTimeout(
        () => end(() => reject(new StoreUnreachable('The store does not answer.'))),
        answerWithinMs,
      );
      const again = (): void => this.whenWhole(() => this.process.deliver(send));
      const answer = (settle: () => void): void =>
        this.carry(() => this.process.deliver(() => end(settle)), again);
      const arrive = (): void => {
        work().then(
          (value) => answer(() => resolve(value)),
          (error: Error) => answer(() => reject(error)),
        );
      };
      const send = (): void => {
        if (!isOver) this.carry(arrive, again);
      };
      send();
      if (this.world.random.chance(this.weather.repeats)) send();
    });
  }
}
