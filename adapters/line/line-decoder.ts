import { lineBytesMax } from '../../core/limits.ts';

/** One line as it was read, or why there is none. */
export type DecodedLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'notUtf8' };

const tooLong: DecodedLine = { kind: 'tooLong' };
const newline = 0x0a;
const carriageReturn = 0x0d;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Cuts a client's bytes into lines.
 *
 * Lines end with `\n` or `\r\n`. Some clients never send a line end and write each command in one
 * TLS record: a connection without a line end that falls silent (`quiet`) is from then on read one
 * chunk at a time, each a line, until its first line end makes it a connection of lines for good.
 * At most `lineBytesMax` bytes are held; what goes past that is one `tooLong` and is skipped up to
 * its end.
 */
export class LineDecoder {
  #framing: 'undecided' | 'lines' | 'records' = 'undecided';
  #held: Buffer = Buffer.alloc(0);
  #skipping = false;

  /** Whether a silence of the client would decide how it is read. */
  get awaitsQuiet(): boolean {
    return this.#framing === 'undecided' && (this.#held.length > 0 || this.#skipping);
  }

  /**
   * Takes one chunk, which must hold the bytes of at most one TLS record. Its lines are decoded as
   * they are asked for, and all must be before the next chunk: as bytes they take the least room.
   * Then the chunk is wiped: it was read into memory that is next given out for something else.
   */
  *push(chunk: Buffer): Generator<DecodedLine, undefined> {
    yield* this.#linesOf(chunk);
    chunk.fill(0);
  }

  *#linesOf(chunk: Buffer): Generator<DecodedLine, undefined> {
    if (this.#framing !== 'lines' && chunk.includes(newline)) this.#framing = 'lines';
    if (this.#framing === 'records') return yield* this.#record(chunk);
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield* this.#endLine(chunk.subarray(start, end));
      start = end + 1;
    }
    yield* this.#hold(chunk.subarray(start));
  }

  /** The client has been silent for a while: what is held is a whole line without an end. */
  quiet(): readonly DecodedLine[] {
    if (!this.awaitsQuiet) return [];
    this.#framing = 'records';
    return this.#endLine(Buffer.alloc(0));
  }

  *#record(chunk: Buffer): Generator<DecodedLine, undefined> {
    yield chunk.length > lineBytesMax ? tooLong : decode(chunk);
  }

  #endLine(rest: Buffer): readonly DecodedLine[] {
    const skipped = this.#skipping;
    const line = this.#held.length === 0 ? rest : this.#heldWith(rest);
    this.#held = Buffer.alloc(0);
    this.#skipping = false;
    if (skipped) return [];
    const text = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
    const decoded = text.length > lineBytesMax ? tooLong : decode(text);
    line.fill(0);
    return [decoded];
  }

  #hold(rest: Buffer): readonly DecodedLine[] {
    if (rest.length === 0 || this.#skipping) return [];
    // One more than the limit may be held: it can be the `\r` of a line end that is yet to come.
    if (this.#held.length + rest.length <= lineBytesMax + 1) {
      this.#held = this.#heldWith(rest);
      return [];
    }
    this.#held.fill(0);
    this.#held = Buffer.alloc(0);
    this.#skipping = true;
    return [tooLong];
  }

  /** In memory of its own: a client may be silent for long in the middle of a line. */
  #heldWith(rest: Buffer): Buffer {
    const both = Buffer.allocUnsafeSlow(this.#held.length + rest.length);
    this.#held.copy(both);
    rest.copy(both, this.#held.length);
    this.#held.fill(0);
    return both;
  }
}

function decode(bytes: Buffer): DecodedLine {
  try {
    return { kind: 'line', text: utf8.decode(bytes) };
  } catch {
    return { kind: 'notUtf8' };
  }
}
