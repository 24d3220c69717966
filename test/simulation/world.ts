import { createHash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type Clock, install } from '@sinonjs/fake-timers';
import { Random } from '../cluster/under-faults/random.ts';
import { Process } from './process.ts';
import { seedIds } from './seeded-ids.ts';

/** In milliseconds since 1970. */
export const begins = Date.UTC(2026, 0, 1);
/** A story that is not over by then never will be. */
const virtualMsMax = 600_000;
const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const;
const clearers = ['clearTimeout', 'clearInterval', 'clearImmediate'] as const;
/** Node's own: when it calls back, every promise that could go on has. */
const { setImmediate: afterPromises } = globalThis;

type SetTimer = (callback: (...args: unknown[]) => void, ...rest: unknown[]) => object;
type ClearTimer = (timer?: object) => void;
type Timers = Record<(typeof timers)[number], SetTimer> &
  Record<(typeof clearers)[number], ClearTimer>;

/**
 * A world of its own time and chance. Events happen one at a time, in an order that the seed
 * decides, and each runs to its end, promises included. An event belongs to one process or, like
 * those of clients and networks, to none; what a process sets going by a timer belongs to it too.
 *
 * From its making until it is disposed of, the timers, clocks and random bytes of this Node are
 * the world's: there can be only one.
 */
export class World implements Disposable {
  readonly random: Random;
  readonly trace: string[] = [];
  readonly #clock: Clock;
  readonly #ids: Disposable;
  /** As the clock has them: they belong to nobody. */
  readonly #timers: Timers;
  readonly #hash = createHash('sha256');
  readonly #rejections: unknown[] = [];
  /** The event whose time has come. */
  #due: (() => void) | undefined;
  /** Whose event is happening. */
  #process: Process | undefined;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.#ids = seedIds(this.random.branch());
    this.#clock = install({ now: begins, toFake: [...timers, ...clearers, 'Date', 'performance'] });
    this.#timers = timersOf(this.#clock);
    this.#giveTimersOwners();
    syncBuiltinESMExports();
    process.on('unhandledRejection', this.#onRejection);
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#clock.now - begins;
  }

  /** A line of what happens, for the hash that tells two runs apart and for whoever looks. */
  note(what: string): void {
    const line = `${(this.now / 1_000).toFixed(3)} ${what}`;
    this.#hash.update(line).update('\n');
    this.trace.push(line);
  }

  /** Of everything noted; to be asked once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  newProcess(): Process {
    const born: Process = new Process((event) =>
      this.later(0, () => {
        this.#process = born;
        event();
      }),
    );
    return born;
  }

  /** Has something happen outside of every process. Never within the call. */
  later(ms: number, event: () => void): void {
    const happen = (): void => void (this.#due = event);
    if (ms < 1) this.#timers.setImmediate(happen);
    else this.#timers.setTimeout(happen, ms);
  }

  /** For those outside. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }

  /** Lets time pass until the story has ended. @throws what it threw, or what nobody caught */
  async live<T>(story: () => Promise<T>): Promise<T> {
    let isOver = false;
    const outcome = new Promise<T>((resolve, reject) => {
      this.later(0, () => void story().then(resolve, reject));
    });
    void outcome.catch(() => {}).then(() => (isOver = true));
    for (;;) {
      if (this.now > virtualMsMax) throw new Error('the story does not end');
      if (this.#clock.countTimers() === 0) throw new Error('nothing happens any more');
      this.#clock.next();
      this.#happen();
      await new Promise((resolve) => afterPromises(resolve));
      if (this.#rejections.length > 0)
        throw new Error('a promise was rejected unheard', { cause: this.#rejections[0] });
      if (isOver) return outcome;
    }
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#onRejection);
    Object.assign(this.#clock, this.#timers);
    this.#clock.uninstall();
    this.#ids[Symbol.dispose]();
    syncBuiltinESMExports();
  }

  #happen(): void {
    const due = this.#due;
    this.#due = undefined;
    this.#process = undefined;
    due?.();
  }

  readonly #onRejection = (reason: unknown): void => {
    this.#rejections.push(reason);
  };

  /** A timer that a process sets falls due in that process. */
  #giveTimersOwners(): void {
    const clock = this.#clock as unknown as Timers;
    for (const kind of timers) {
      const set = this.#timers[kind];
      clock[kind] = (callback, ...rest) => {
        const owner = this.#process;
        const happen = (args: unknown[]): void => {
          this.#process = owner;
          if (owner === undefined) callback(...args);
          else owner.fallDue(timer, () => callback(...args));
        };
        const timer = set((...args) => void (this.#due = () => happen(args)), ...rest);
        return timer;
      };
    }
    for (const kind of clearers) {
      const clear = this.#timers[kind];
      clock[kind] = (timer) => {
        if (timer !== undefined) this.#process?.clear(timer);
        clear(timer);
      };
    }
  }
}

function timersOf(clock: Clock): Timers {
  const { setTimeout, setInterval, setImmediate } = clock;
  const { clearTimeout, clearInterval, clearImmediate } = clock;
  const all = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
    clearImmediate,
  };
  return all as unknown as Timers;
}
