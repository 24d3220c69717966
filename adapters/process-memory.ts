import { closeSync, openSync, readSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';

/** Sizes of pieces, as glibc's allocator tells them apart: small ones one by one… */
const smallPieceBytes = { least: 24, most: 1_032, step: 16 };
/** …and larger ones in ranges. */
const largePieceBytesMax = 131_072;
/** So much is taken between two looks at whether there was any left… */
const bytesAtOnce = 65_536;
/** …and of small sizes so many pieces, for each costs several times its bytes beside it. */
const piecesAtOnceMax = 256;
/** What each takes, however small, with all that is beside it. */
const pieceBytesMin = 128;
/** Where nobody tells whether any is left, so often for each size. */
const timesAtMost = 8;
/** The heap comes right behind the program itself. */
const mapsBytes = 4_096;
/** Some 200 KB of the stack: Node's TLS reads into 16 KB of it, which nobody overwrites for long. */
const stackFrames = 2_000;

/**
 * Has the engine collect at once what nobody uses any more, and give its pages back or pack them
 * anew; then writes over all that is free in the allocator's memory: on Linux all of it that this
 * thread is given, elsewhere most. Holds the process up for some tenths of a second, longer with a
 * large heap.
 */
export async function clearFreeMemory(): Promise<void> {
  overwriteStack(stackFrames);
  // The subject of the last regular expression is held until there is another.
  /^/.exec('');
  // What is packed anew leaves its old place as it was, and what is free keeps what it held, else.
  setFlagsFromString('--clear-free-memory');
  setFlagsFromString('--compact-on-every-full-gc');
  try {
    await collect();
    // The memory of buffers is given back by another thread, which a second collection waits for.
    await collect();
  } finally {
    setFlagsFromString('--no-clear-free-memory');
    setFlagsFromString('--no-compact-on-every-full-gc');
  }
  await overwriteFree();
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

/**
 * Takes all that is free and writes over it. Of each size, largest first since a smaller piece may be
 * cut from a larger one, until the allocator has to ask the system for more.
 */
async function overwriteFree(): Promise<void> {
  // All is held to the end, or the same would be given out again and again.
  const taken: ArrayBufferLike[] = [];
  // No more can be free than there is: an allocator that asks elsewhere for more is not noticed.
  let leftBytes = process.memoryUsage.rss();
  for (const bytes of pieceSizes()) {
    const before = heapEnd();
    const pieces = Math.min(Math.ceil(bytesAtOnce / bytes), piecesAtOnceMax);
    for (
      let times = 0;
      before === undefined ? times < timesAtMost : heapEnd() === before;
      times++
    ) {
      for (let piece = 0; piece < pieces; piece++) taken.push(overwritten(bytes));
      leftBytes -= pieces * Math.max(bytes, pieceBytesMin);
      if (leftBytes < 0) return;
      await nextTurn();
    }
  }
}

function* pieceSizes(): Generator<number> {
  const { least, most, step } = smallPieceBytes;
  for (let bytes = largePieceBytesMax; bytes > most; bytes >>= 1) yield bytes;
  for (let bytes = most; bytes >= least; bytes -= step) yield bytes;
}

/**
 * Taken as it was freed, and not as zeros: for those the allocator does not look among what it has at
 * hand. Asking for `buffer` moves a small array out of the engine's heap.
 */
const overwritten = (bytes: number): ArrayBufferLike =>
  Buffer.allocUnsafeSlow(bytes).fill(0).buffer;

/** Where the memory ends that the allocator has from the system; only Linux tells. */
function heapEnd(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const maps = openSync('/proc/self/maps', 'r');
  try {
    const first = Buffer.alloc(mapsBytes);
    const text = first.toString('latin1', 0, readSync(maps, first));
    return /^[0-9a-f]+-([0-9a-f]+) .*\[heap\]$/m.exec(text)?.[1];
  } finally {
    closeSync(maps);
  }
}

/** Writes over the part of the stack that deeper calls have used. */
function overwriteStack(frames: number): number {
  return frames === 0 ? 0 : 1 + overwriteStack(frames - 1);
}
