import type { WriteStream } from 'node:tty';

import { undoneWhenStopped } from './undone-when-stopped.ts';

/** What a command that takes its time tells meanwhile. To be declared by `using`: a failure ends it too. */
export interface Progress extends Disposable {
  /** So many more records were read. */
  read(records: number): void;
  /** So many were read altogether. */
  readonly reached: (records: number) => void;
  /** Nothing of it is left on the terminal. */
  end(): void;
}

const nothing = (): void => undefined;
export const noProgress: Progress = {
  read: nothing,
  reached: nothing,
  end: nothing,
  [Symbol.dispose]: nothing,
};

/** Whatever is over sooner needs no bar. */
const shownAfterMs = 500;
const drawnEveryMs = 100;
const barColumns = 24;

/** A bar for so many records on a terminal, or a count where nobody knows how many there are; on anything else, nothing. */
export function progressOn(
  terminal: Pick<WriteStream, 'isTTY' | 'write'>,
  records: number | undefined,
  now: () => number = () => performance.now(),
): Progress {
  if (!terminal.isTTY || records === 0) return noProgress;
  const startedAt = now();
  let read = 0;
  let drawnAt = startedAt + shownAfterMs - drawnEveryMs;
  let leaveIt: (() => void) | undefined;
  const clear = (): void => void terminal.write('\r\u001b[K');
  const draw = (): void => {
    if (now() - drawnAt < drawnEveryMs) return;
    drawnAt = now();
    leaveIt ??= undoneWhenStopped(clear);
    const ms = drawnAt - startedAt;
    const text = records === undefined ? countText(read, ms) : barText(read, records, ms);
    terminal.write(`\r${text}\u001b[K`);
  };
  const end = (): void => {
    if (leaveIt === undefined) return;
    clear();
    leaveIt();
    leaveIt = undefined;
  };
  return {
    read(more) {
      read += more;
      draw();
    },
    reached(all) {
      read = all;
      draw();
    },
    end,
    [Symbol.dispose]: end,
  };
}

function barText(read: number, records: number, ms: number): string {
  const part = Math.min(read / records, 1);
  const full = Math.round(part * barColumns);
  const bar = '█'.repeat(full) + '░'.repeat(barColumns - full);
  const left = Math.ceil(((records - read) / read) * (ms / 1_000));
  return `${bar} ${Math.floor(part * 100)}%  ${rateText(read, ms)}, ${left} s left`;
}

const countText = (read: number, ms: number): string =>
  `${read.toLocaleString('en')} events, ${rateText(read, ms)}`;

const rateText = (read: number, ms: number): string =>
  `${Math.round((read / ms) * 1_000).toLocaleString('en')} events/s`;
