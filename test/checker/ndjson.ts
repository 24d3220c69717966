import { appendFileSync, closeSync, openSync, readSync } from 'node:fs';

const newline = 0x0a;
const readBytes = 1 << 20;
const writeCharacters = 1 << 16;

/** Writes values to a new file, one JSON text a line; holds at most 64 KiB of them. */
export class NdjsonWriter {
  readonly #file: number;
  #held = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(value: object): void {
    this.#held += `${JSON.stringify(value)}\n`;
    if (this.#held.length > writeCharacters) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    appendFileSync(this.#file, this.#held);
    this.#held = '';
  }
}

/**
 * The values of a file, in order; holds one piece of the file at a time.
 *
 * @throws Error naming the file and the line that is no JSON
 */
export function* readNdjson(path: string): Generator {
  let number = 0;
  for (const line of linesOf(path)) {
    number += 1;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new Error(`${path}:${number} is no JSON: ${line.slice(0, 200)}`, { cause: error });
    }
    yield value;
  }
}

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(readBytes);
  try {
    let held: Buffer = Buffer.alloc(0);
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const piece = Buffer.concat([held, buffer.subarray(0, size)]);
      let start = 0;
      for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
        yield piece.toString('utf8', start, end);
        start = end + 1;
      }
      held = piece.subarray(start);
    }
    if (held.length > 0) yield held.toString('utf8');
  } finally {
    closeSync(file);
  }
}
