import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** A file of the page, as it is answered. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Quoted, as in the header. */
  readonly etag: string;
  readonly cacheControl: string;
}

/** By the path at which it is asked for. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * The page, read once: what is built anew meanwhile must not be mixed into it, and no path that
 * anybody asks for ever reaches the file system. Empty when the folder is not there.
 */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const entry of entriesOf(folder)) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path === '/index.html' ? '/' : path, pageFile(path, readFileSync(file)));
  }
  return files;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The bundler gives what is in here names that change with their content. */
const hashedFolder = '/assets/';
const forever = 'public, max-age=31536000, immutable';

function pageFile(path: string, bytes: Buffer): PageFile {
  return {
    bytes,
    contentType: contentTypes[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    // To be kept, but asked for again each time whether it is still the one.
    cacheControl: path.startsWith(hashedFolder) ? forever : 'no-cache',
  };
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
