/** What a client knows of time. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Runs `run` once after `ms` milliseconds, unless what it returns is called before. */
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
