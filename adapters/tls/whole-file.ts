import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const draftPrefix = '.draft-';
/** A draft lives for milliseconds; one of this age was left by a process that was killed. */
const draftMsMax = 60_000;

/** The file's content, or undefined when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Makes the file unless there is one, and promises the content that it has now: of several
 * processes that call this at once, all get the content of the one that was first. Nobody ever
 * sees half a file.
 */
export async function placeOnce(path: string, content: string, mode: number): Promise<Buffer> {
  const there = await readIfThere(path);
  if (there !== undefined) return there;
  const draft = await writeDraft(path, content, mode);
  try {
    await link(draft, path);
  } catch (error) {
    // Whoever was first may be replacing the file already, and has then taken the draft away.
    if (!hasCode(error, 'EEXIST') && !hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path);
}

/** Puts the file in the place of the one that may be there. Nobody ever sees half a file. */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  await rename(await writeDraft(path, content, mode), path);
}

/** Removes what killed processes left beside the files of this folder. */
export async function removeOldDrafts(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(draftPrefix)) continue;
    const draft = join(dir, name);
    const written = await stat(draft).catch(() => undefined);
    if (written !== undefined && Date.now() - written.mtimeMs > draftMsMax) {
      await rm(draft, { force: true });
    }
  }
}

/** What processes that were killed left of this file, or others are about to put in its place. */
export async function draftsOf(path: string): Promise<readonly string[]> {
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(draftsNameOf(path)))
    .map((name) => join(dirname(path), name));
}

const draftsNameOf = (path: string): string => `${draftPrefix}${basename(path)}-`;

async function writeDraft(path: string, content: string, mode: number): Promise<string> {
  const name = `${draftsNameOf(path)}${randomBytes(6).toString('hex')}`;
  const draft = join(dirname(path), name);
  const file = await open(draft, 'wx', mode);
  try {
    // The mode given to open is cut by the umask; a certificate is for everyone to read.
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
