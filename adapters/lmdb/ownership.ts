import { createHash, randomBytes } from 'node:crypto';
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { StoreUnusable } from '../../core/event-store.ts';
import type { DataFolder } from './data-folder.ts';
import type { Tables } from './tables.ts';

/** Who holds a data folder: a process that listens on this socket as long as it lives. */
interface Owner {
  readonly pid: number;
  /** A file in the folder, or the absolute path of a socket elsewhere. */
  readonly socket: string;
  /** The folder that is held: a copy of it holds a copy of this record, and is held by nobody. */
  readonly folder: string;
}

/** Holds a data folder against other servers until it is released, or its process ends. */
export interface Ownership {
  release(): Promise<void>;
}

const ownerKey = Buffer.from('owner');
/** A process that is stopped or busy takes connections all the same, so this is never used up. */
const answersWithinMs = 2_000;
/** Of a path of a socket: 104 on macOS, 108 on Linux, with its ending zero. */
const socketPathBytesMax = 103;

/**
 * Takes the folder, also from an owner that was killed: its socket no longer answers. Who listens
 * is recorded only after it listens, and a record is replaced only by who found it dead, so of
 * several that try at the same moment one succeeds.
 *
 * @throws {StoreUnusable} while another process holds it
 */
export async function takeOwnership(folder: DataFolder, tables: Tables): Promise<Ownership> {
  const identity = identityOf(folder);
  const { server, socket } = await listen(folder);
  const own: Owner = { pid: process.pid, socket, folder: identity };
  try {
    for (;;) {
      const found = await recordUnlessHeld(tables, own);
      if (found === undefined) break;
      if (found.folder === identity && (await isAlive(pathOf(folder, found.socket)))) {
        throw inUse(folder, found);
      }
      await forget(tables, found);
      if (found.folder === identity) removeSocket(pathOf(folder, found.socket));
    }
  } catch (error) {
    await closed(server);
    throw error;
  }
  return {
    release: async () => {
      await forget(tables, own);
      await closed(server);
    },
  };
}

/** Records the owner, or tells who is recorded already. */
async function recordUnlessHeld({ root, meta }: Tables, own: Owner): Promise<Owner | undefined> {
  let found: Owner | undefined;
  await root.childTransaction(() => {
    found = ownerIn(meta);
    if (found === undefined) meta.putSync(ownerKey, Buffer.from(JSON.stringify(own)));
  });
  return found;
}

/** Removes the record of an owner, unless another has taken its place. */
async function forget({ root, meta }: Tables, owner: Owner): Promise<void> {
  await root.childTransaction(() => {
    if (ownerIn(meta)?.socket === owner.socket) meta.removeSync(ownerKey);
  });
}

/** Whether a process is recorded as the folder's owner, perhaps one that was killed. */
export const isHeld = ({ meta }: Pick<Tables, 'meta'>): boolean => ownerIn(meta) !== undefined;

function ownerIn(meta: Tables['meta']): Owner | undefined {
  const value = meta.getBinary(ownerKey);
  return value === undefined ? undefined : (JSON.parse(value.toString()) as Owner);
}

/** In the folder if its file system can and its path is short enough, else for the machine. */
async function listen(folder: DataFolder): Promise<{ server: Server; socket: string }> {
  const name = `owner-${randomBytes(6).toString('hex')}`;
  const inside = `${name}.sock`;
  const isShort = Buffer.byteLength(join(folder.path, inside)) <= socketPathBytesMax;
  if (isShort && process.platform !== 'win32') {
    const server = await listening(join(folder.path, inside)).catch(() => undefined);
    if (server !== undefined) return { server, socket: inside };
  }
  const isWindows = process.platform === 'win32';
  const socket = isWindows ? `\\\\.\\pipe\\securechat-${name}` : join(tmpdir(), `sc-${name}.sock`);
  return { server: await listening(socket), socket };
}

function listening(path: string): Promise<Server> {
  // It says all that it has to say by taking connections.
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // It keeps the folder, not the process.
    server.listen(path, () => resolve(server.unref()));
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** Whether somebody listens. When that cannot be told, somebody does. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      answer(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
    socket.setTimeout(answersWithinMs, () => answer(true));
  });
}

/** What a killed owner has left behind; a pipe leaves nothing. */
function removeSocket(path: string): void {
  if (process.platform === 'win32') return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

const pathOf = (folder: DataFolder, socket: string): string =>
  isAbsolute(socket) || process.platform === 'win32' ? socket : join(folder.path, socket);

/** The same for the same folder however it is reached and named; another for a copy of it. */
function identityOf({ path }: DataFolder): string {
  const { dev, ino } = statSync(join(path, 'data.mdb'), { bigint: true });
  return createHash('sha256').update(`${dev}:${ino}`).digest('base64url');
}

function inUse({ name }: DataFolder, { pid }: Owner): StoreUnusable {
  const who = `is in use by another server (process ${pid})`;
  return new StoreUnusable(
    `The data folder ${name} ${who}. Stop it, or choose another folder with --data.`,
  );
}
