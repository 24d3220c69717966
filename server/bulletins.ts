import { cursorText } from './cursor.ts';
import type { FanOut } from './fan-out.ts';
import type { LogFollower } from './log-follower.ts';

/** A client that nothing is shown to is told so often how far it has come: what it missed is short. */
const cursorMs = 15_000;
/** People see within about this long that the store is gone, after the server has noticed it. */
const storeMs = 1_000;

/** What a chat server tells all its sessions of itself, without being asked. */
export class Bulletins {
  readonly #follower: LogFollower;
  readonly #fanOut: FanOut;
  #timers: readonly NodeJS.Timeout[] = [];
  #wasReachable = true;

  constructor(follower: LogFollower, fanOut: FanOut) {
    this.#follower = follower;
    this.#fanOut = fanOut;
  }

  /** How far the log has been shown. */
  readonly cursor = (): string => cursorText(this.#follower.cursors);

  start(): void {
    this.#timers = [
      setInterval(() => this.#fanOut.flushAll(this.cursor), cursorMs),
      setInterval(() => this.#tellOfStore(), storeMs),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Whoever has logged in since was let in by the store, so they need not hear that it was away. */
  #tellOfStore(): void {
    const isReachable = this.#follower.isReading && this.#follower.isCurrent;
    if (isReachable === this.#wasReachable) return;
    this.#wasReachable = isReachable;
    this.#fanOut.tellAll({ kind: 'store', isReachable });
  }
}
