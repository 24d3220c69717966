import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { StoreUnusable } from '../../core/event-store.ts';

/** A file of an archive: records of one partition, from the first position through the last. */
export interface ArchiveFile {
  readonly partition: number;
  readonly from: number;
  readonly through: number;
  readonly path: string;
}

export const archiveFileName = ({ partition, from, through }: Omit<ArchiveFile, 'path'>): string =>
  `log-p${partition}-${from}-${through}.ndjson.gz`;

/** What a file holds of a log, by its name, unpacked or not; undefined for what is none of an archive. */
export function archiveFileAt(path: string): ArchiveFile | undefined {
  const [, partition, from, through] =
    /^log-p(\d+)-(\d+)-(\d+)\.ndjson(?:\.gz)?$/.exec(basename(path)) ?? [];
  if (through === undefined) return undefined;
  return { partition: Number(partition), from: Number(from), through: Number(through), path };
}

/**
 * By partition, and by position; none in a folder that is not there yet. What has another name is left
 * alone, and so is what another file has too: two servers may have written at once.
 *
 * @throws the system's error
 */
export async function archiveFilesIn(dir: string): Promise<readonly ArchiveFile[]> {
  const names = (await namesIn(dir)).filter((name) => name.endsWith('.gz'));
  const files = names.flatMap((name) => archiveFileAt(join(dir, name)) ?? []);
  files.sort((one, other) => one.partition - other.partition || one.from - other.from);
  const needed: ArchiveFile[] = [];
  for (const file of files) {
    const last = needed.at(-1);
    if (last?.partition !== file.partition || last.through < file.through) needed.push(file);
  }
  return needed;
}

/** @throws {StoreUnusable} when a file is missing between others */
export function checkNoneMissing(files: readonly ArchiveFile[]): void {
  for (const [index, { partition, from }] of files.entries()) {
    const before = files[index - 1];
    if (before?.partition === partition && from > before.through + 1)
      throw new StoreUnusable(
        `The archive lacks position ${before.through + 1} of partition ${partition}.`,
      );
  }
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
