import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { until } from '../support/until.ts';

const snapshotWithinMs = 60_000;
const pieceBytes = 16_777_216;

/** Arguments of Node for a process whose heap is to be looked at; the snapshot is put into `dir`. */
export const snapshotArguments = (dir: string): readonly string[] => [
  '--heapsnapshot-signal=SIGUSR2',
  `--diagnostic-dir=${dir}`,
];

/** What a process's JavaScript can still get at, as bytes: the strings are in it as they are. */
export async function heapSnapshot(pid: number, dir: string): Promise<Buffer> {
  process.kill(pid, 'SIGUSR2');
  const path = await until(
    async () => {
      const name = (await readdir(dir)).find((one) => one.includes(`.${pid}.`));
      return name !== undefined && (await isWhole(join(dir, name))) && join(dir, name);
    },
    { what: 'the heap snapshot to be written', withinMs: snapshotWithinMs },
  );
  return readFile(path);
}

async function isWhole(path: string): Promise<boolean> {
  await using file = await open(path);
  const { size } = await file.stat();
  const { buffer } = await file.read({ buffer: Buffer.alloc(4), position: Math.max(size - 4, 0) });
  return /\]\s*\}/.test(buffer.toString());
}

/** At how many places of a process's memory a text stands, in one byte a letter or in two. Linux's. */
export async function placesInMemory(pid: number, text: string): Promise<number> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    let places = 0;
    for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw.*$/gm)) {
      const end = Number.parseInt(to, 16);
      for (let at = Number.parseInt(from, 16); at < end; at += pieceBytes) {
        const bytes = await readAt(memory, at, Math.min(end - at, pieceBytes));
        for (const encoding of ['latin1', 'utf16le'] as const)
          places += timesIn(bytes, Buffer.from(text, encoding));
      }
    }
    return places;
  } finally {
    await memory.close();
  }
}

/** Empty where the process has given its memory back meanwhile. */
async function readAt(memory: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  try {
    const { bytesRead } = await memory.read({ buffer, position: at });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
    return Buffer.alloc(0);
  }
}

function timesIn(bytes: Buffer, wanted: Buffer): number {
  let times = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) times += 1;
  return times;
}
