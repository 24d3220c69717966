import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** Trouble that lasts is told of again so often: where one connection is cut off, many are. */
const tellAgainMs = 60_000;
/** No descriptor is left to the process, or to the machine (errno.h). */
const outOfDescriptors = ['EMFILE', 'ENFILE'];

/** Tells, now and then, of connections that cannot be taken. */
export class AcceptTrouble {
  readonly #tell: (error: Error) => void;
  #toldAt = -Infinity;

  constructor(tell: (error: Error) => void) {
    this.#tell = tell;
  }

  heed(error: Error): void {
    const now = performance.now();
    if (now - this.#toldAt < tellAgainMs) return;
    this.#toldAt = now;
    this.#tell(error);
  }

  /**
   * Looks whether there is a descriptor for one more connection. Without one, libuv takes each
   * connection by a descriptor that it holds back, and closes it: Node is told nothing of that.
   */
  look(): void {
    try {
      closeSync(openSync(devNull, 'r'));
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (error instanceof Error && outOfDescriptors.includes(code)) this.heed(error);
    }
  }
}
