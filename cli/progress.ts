import type { WriteStream } from 'node:tty';

/** What a command that takes its time tells meanwhile. */
export interface Progress {
  /** So many more records were read. */
  read(records: number): void;
  /** Nothing of it is left on the terminal. */
  end(): void;
}

export const noProgress: Progress = { read: () => undefined, end: () => undefined };

/** Whatever is over sooner needs no bar. */
const shownAfterMs = 500;
const drawnEveryMs = 100;
const barColumns = 24;

/** A bar for so many records on a terminal; on anything else, nothing. */
export function progressOn(
  terminal: Pick<WriteStream, 'isTTY' | 'write'>,
  records: number,
  now: () => number = () => performance.now(),
): Progress {
  if (!terminal.isTTY || records === 0) return noProgress;
  const startedAt = now();
  let read = 0;
  let drawnAt = startedAt + shownAfterMs - drawnEveryMs;
  let isDrawn = false;
  return {
    read(more) {
      read += more;
      if (now() - drawnAt < drawnEveryMs) return;
      drawnAt = now();
      isDrawn = true;
      terminal.write(`\r${barText(read, records, drawnAt - startedAt)}\u001b[K`);
    },
    end() {
      if (isDrawn) terminal.write('\r\u001b[K');
      isDrawn = false;
    },
  };
}

function barText(read: number, records: number, ms: number): string {
  const part = Math.min(read / records, 1);
  const full = Math.round(part * barColumns);
  const bar = '█'.repeat(full) + '░'.repeat(barColumns - full);
  const rate = Math.round((read / ms) * 1_000).toLocaleString('en');
  const left = Math.ceil(((records - read) / read) * (ms / 1_000));
  return `${bar} ${Math.floor(part * 100)}%  ${rate} events/s, ${left} s left`;
}
