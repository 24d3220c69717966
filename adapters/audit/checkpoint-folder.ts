import { hash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder } from '../made-folder.ts';
import { parseCheckpoint } from './checkpoint-note.ts';
import type { KeptNote } from './partition-report.ts';

/** A checkpoint says nothing that is to be kept from anybody. */
const fileMode = 0o644;
/** So that a folder lists them in their order. */
const sizeDigits = 12;
const hashDigits = 16;
const suffix = '.note';

/**
 * Checkpoints outside the store: a file for each signed note, named by its tree, its size and its own
 * hash. None is ever written over: two of one size that differ are both kept, and show what happened.
 */
export class CheckpointFolder {
  readonly #path: string;

  /** @throws the system's error when the folder cannot be made */
  constructor(path: string) {
    makeFolder(path);
    this.#path = path;
  }

  has(note: string): boolean {
    const file = this.#fileOf(note);
    return file !== undefined && existsSync(file);
  }

  /** Keeps a note, whole or not at all; what is no checkpoint is not kept. @throws the system's error */
  async keep(note: string): Promise<void> {
    const file = this.#fileOf(note);
    if (file === undefined || existsSync(file)) return;
    const unfinished = `${file}.${randomUUID()}`;
    const handle = await open(unfinished, 'wx', fileMode);
    try {
      await handle.writeFile(note);
      await handle.sync();
      await handle.close();
      await rename(unfinished, file);
    } catch (error) {
      await handle.close();
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  #fileOf(note: string): string | undefined {
    const checkpoint = parseCheckpoint(note);
    if (checkpoint === undefined) return undefined;
    const { partition, epoch, size } = checkpoint;
    const number = String(size).padStart(sizeDigits, '0');
    const name = [partition, safe(epoch), number, hash('sha256', note).slice(0, hashDigits)];
    return join(this.#path, `${name.join('-')}${suffix}`);
  }
}

/** The checkpoints in a folder, in the order of their names. @throws the system's error */
export async function readCheckpoints(path: string): Promise<readonly KeptNote[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith(suffix)).toSorted();
  const kept: KeptNote[] = [];
  for (const file of names) {
    const note = await readFile(join(path, file), 'utf8');
    const checkpoint = parseCheckpoint(note);
    if (checkpoint !== undefined) kept.push({ ...checkpoint, note });
  }
  return kept;
}

/** Epochs are random ids; one that is something else must not lead out of the folder. */
const safe = (epoch: string): string => epoch.replaceAll(/[^\w-]/g, '_');
