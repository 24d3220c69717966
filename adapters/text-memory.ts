/** What is used of it; TypeScript knows of it only together with browsers. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
};

/** Few enough that a slow client, who holds a piece of it for long, does not hold much beside it. */
const slabPages = 4;
const pageBytes = 65_536;
const slabBytes = slabPages * pageBytes;

/** Each failure costs a collection of all garbage, so there is one at most. */
let isMappable = true;
let slab: ArrayBuffer | undefined;
let usedBytes = 0;

/**
 * The bytes of a text. Those of all texts lie one after another in memory that holds nothing else,
 * and goes back to the system as a whole when nobody needs any of it: in the memory that all the
 * program is given its pieces from, what was said would stand on in what is free, and in what is
 * given out for something else.
 */
export function textBytes(text: string): Buffer {
  const bytes = textMemory(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** The bytes of several texts in one piece, in the same memory. */
export function joinedTexts(parts: readonly Buffer[]): Buffer {
  const bytes = textMemory(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(bytes, at);
  return bytes;
}

/** Room for so many bytes of text, in the same memory, to be written over wholly. */
export function textMemory(length: number): Buffer {
  if (length > slabBytes) return Buffer.from(mapped(Math.ceil(length / pageBytes)), 0, length);
  if (slab === undefined || usedBytes + length > slabBytes) {
    slab = mapped(slabPages);
    usedBytes = 0;
  }
  const bytes = Buffer.from(slab, usedBytes, length);
  usedBytes += length;
  return bytes;
}

/** From here on other memory is used: what there is goes when the last is done with that needs it. */
export function leaveTextMemory(): void {
  slab = undefined;
}

/**
 * The memory of a WebAssembly module is the one that Node always has the system map for itself. It
 * takes gigabytes of addresses, though not of memory: where those are limited (ulimit -v), it is of
 * the common kind.
 */
function mapped(pages: number): ArrayBuffer {
  try {
    if (isMappable) return new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    isMappable = false;
  }
  return Buffer.allocUnsafeSlow(pages * pageBytes).buffer;
}
