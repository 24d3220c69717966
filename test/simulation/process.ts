type Event = () => void;

/** What a process was asked to do came to nothing. */
class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * One server's process, as the system sees it: what belongs to it happens only while it runs.
 *
 * Paused (SIGSTOP), its timers fall due and what reaches it waits; when it goes on, the timers
 * come first, in their order, then what has waited. Killed (SIGKILL), nothing of it ever happens.
 */
export class Process {
  readonly #soon: (event: Event) => void;
  /** Timers that have fallen due while others had to come first. */
  readonly #overdue = new Map<object, Event>();
  readonly #inbox: Event[] = [];
  readonly #onKilled: Event[] = [];
  #state: 'running' | 'paused' | 'killed' = 'running';
  #isAwake = false;

  /** `soon` has an event happen in this process's name, after those that are under way. */
  constructor(soon: (event: Event) => void) {
    this.#soon = soon;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isKilled(): boolean {
    return this.#state === 'killed';
  }

  /** Something reaches the process from outside. Never happens within the call. */
  deliver(event: Event): void {
    if (this.isKilled) return;
    this.#inbox.push(event);
    this.#wake();
  }

  /** Has the process do something; its outcome is told outside. @throws what it throws, or Killed */
  call<T>(work: () => Promise<T>, outside: (told: Event) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const killed = (): void => outside(() => reject(new Killed('The process was killed.')));
      if (this.isKilled) return killed();
      this.#onKilled.push(killed);
      this.deliver(() => {
        work().then(
          (value) => outside(() => resolve(value)),
          (error: Error) => outside(() => reject(error)),
        );
      });
    });
  }

  /** A timer of the process falls due. */
  fallDue(timer: object, callback: Event): void {
    if (this.isKilled) return;
    if (this.isRunning && this.#overdue.size === 0) return callback();
    this.#overdue.set(timer, callback);
    this.#wake();
  }

  /** The process clears a timer, which may have fallen due. */
  clear(timer: object): void {
    this.#overdue.delete(timer);
  }

  pause(): void {
    if (this.isRunning) this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#wake();
  }

  kill(): void {
    this.#state = 'killed';
    for (const tell of this.#onKilled.splice(0)) tell();
    this.#overdue.clear();
    this.#inbox.length = 0;
  }

  #wake(): void {
    const hasWork = this.#overdue.size > 0 || this.#inbox.length > 0;
    if (!this.isRunning || this.#isAwake || !hasWork) return;
    this.#isAwake = true;
    this.#soon(() => this.#step());
  }

  /** One event at a time: each runs to its end, its promises included, before the next. */
  #step(): void {
    this.#isAwake = false;
    if (!this.isRunning) return;
    const event = this.#takeOverdue() ?? this.#inbox.shift();
    this.#wake();
    event?.();
  }

  #takeOverdue(): Event | undefined {
    const [first] = this.#overdue;
    if (first === undefined) return undefined;
    this.#overdue.delete(first[0]);
    return first[1];
  }
}
