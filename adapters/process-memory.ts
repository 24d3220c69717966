import { Session } from 'node:inspector/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** So much is written over of each size: a server's free memory of a size is less, mostly… */
const bytesOfSizeMax = 1_048_576;
/** …and of small sizes so many pieces, for each costs several times its bytes beside it. */
const piecesOfSizeMax = 1_024;
/** Sizes of pieces, as glibc's allocator tells them apart: small ones one by one… */
const smallPieceBytes = { least: 24, most: 1_032, step: 16 };
/** …and larger ones in ranges. Still larger ones go back to the system when they are freed. */
const largePieceBytesMax = 131_072;
/** Some 200 KB of the stack: Node's TLS reads into 16 KB of it, which nobody overwrites for long. */
const stackFrames = 2_000;

/**
 * Has the engine collect at once what nobody uses any more, and give its pages back or pack them
 * anew; then writes over what is free in the allocator's memory, as far as it is given out again.
 * Holds the process up for some tenths of a second, longer with a large heap.
 */
export async function clearFreeMemory(): Promise<void> {
  overwriteStack(stackFrames);
  // The subject of the last regular expression is held until there is another.
  /^/.exec('');
  await collect();
  // The memory of buffers is given back by another thread, which a second collection waits for.
  await collect();
  for (const bytes of pieceSizes()) {
    overwriteFreed(bytes);
    await nextTurn();
  }
}

/** `gc()` leaves the pages in place; this is what the system calls when memory is low. */
async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}

/** Largest first: a smaller piece may be cut from a larger one. */
function* pieceSizes(): Generator<number> {
  const { least, most, step } = smallPieceBytes;
  for (let bytes = largePieceBytesMax; bytes > most; bytes >>= 1) yield bytes;
  for (let bytes = most; bytes >= least; bytes -= step) yield bytes;
}

/**
 * As it was freed, and not as zeros: for those the allocator does not look among what it has at hand.
 * Asking for `buffer` moves a small array out of the engine's heap.
 */
function overwriteFreed(bytes: number): void {
  const pieces = Math.min(bytesOfSizeMax / bytes, piecesOfSizeMax);
  const taken: ArrayBufferLike[] = [];
  for (let piece = 0; piece < pieces; piece++)
    taken.push(Buffer.allocUnsafeSlow(bytes).fill(0).buffer);
}

/** Writes over the part of the stack that deeper calls have used. */
function overwriteStack(frames: number): number {
  return frames === 0 ? 0 : 1 + overwriteStack(frames - 1);
}
