/**
 * A person at the keyboard waits two seconds at most, with what the process itself takes to end;
 * whoever sends SIGTERM grants ten seconds or more.
 */
export const stopMsMax = { SIGINT: 1_500, SIGHUP: 1_500, SIGTERM: 8_000 } as const;
export type StopSignal = keyof typeof stopMsMax;

/** Heeds the signals that stop a server from now on. Further ones change nothing: npm passes on a Ctrl-C that the terminal has sent to all. */
export function firstSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of Object.keys(stopMsMax) as StopSignal[]) {
      process.on(signal, () => resolve(signal));
    }
  });
}
