import { randomBytes } from 'node:crypto';

import { type Commit, StoreUnreachable } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import { type PartitionKeys, partitionKeys } from './keys.ts';
import type { Link } from './link.ts';
import { ConnectionLost } from './refusal.ts';
import { listOf, textOf } from './reply.ts';

const prefix = 'sc:';
const withinMs = 2_000;

/** A consumer group's name: what the subscriber is called, and chance. No two are ever the same. */
export const newGroupName = (group: string): string =>
  `${prefix}${group}:${randomBytes(6).toString('hex')}`;

/** @param position of the last record that the group's reader holds */
export async function createGroup(
  connection: Connection,
  { log }: PartitionKeys,
  name: string,
  position: number,
): Promise<void> {
  // With ENTRIESREAD, XINFO GROUPS shows how far each server is behind.
  const args = ['CREATE', log, name, `${position}-0`, 'ENTRIESREAD', position] as const;
  await connection.callWithin(withinMs, 'XGROUP', ...args);
}

/** Readers of the group are thrown out, also those whose connection is half open. */
export async function destroyGroup(
  connection: Connection,
  { log }: PartitionKeys,
  name: string,
): Promise<void> {
  await connection.callWithin(withinMs, 'XGROUP', 'DESTROY', log, name);
}

type Ended = NonNullable<Commit['ends']> & { readonly partition: number };

/** Asking can itself be what breaks the connection, and must not go on with each new one. */
const triesMax = 3;

/**
 * Destroys the groups of servers that have ended, which nobody else would: those that a subscriber
 * called `<server>:<incarnation>` made. When Redis cannot be asked it is asked again after the next
 * reconnect; what it refuses is left to the server's next end. A group that stays is seen in
 * XINFO GROUPS, and does no other harm.
 */
export class EndedGroups {
  readonly #link: Link;
  /** What is still to be done, and how often it was tried. */
  readonly #left = new Map<Ended, number>();

  constructor(link: Link) {
    this.#link = link;
    link.onUp(() => {
      for (const ended of this.#left.keys()) void this.#destroy(ended);
    });
  }

  add(ended: Ended): void {
    void this.#destroy(ended);
  }

  /** Never rejects: nothing that is wrong here is a reason for a server to end. */
  async #destroy(ended: Ended): Promise<void> {
    const tries = (this.#left.get(ended) ?? 0) + 1;
    this.#left.set(ended, tries);
    try {
      const connection = await this.#link.ready(withinMs);
      await destroyGroupsOf(connection, ended);
      this.#left.delete(ended);
    } catch (error) {
      const wasOutOfReach = error instanceof ConnectionLost || error instanceof StoreUnreachable;
      if (!wasOutOfReach || tries >= triesMax) this.#left.delete(ended);
    }
  }
}

async function destroyGroupsOf(connection: Connection, ended: Ended): Promise<void> {
  const keys = partitionKeys(ended.partition);
  const groups = listOf(await connection.callWithin(withinMs, 'XINFO', 'GROUPS', keys.log));
  for (const group of groups) {
    // Each is a list of names and values; the first value is the group's name.
    const name = textOf(listOf(group)[1]);
    if (isOf(name, ended)) await destroyGroup(connection, keys, name);
  }
}

function isOf(name: string, { server, incarnation }: Ended): boolean {
  const own = `${prefix}${server}:`;
  const number = name.startsWith(own) ? /^(\d+):/.exec(name.slice(own.length))?.[1] : undefined;
  return number !== undefined && Number(number) <= incarnation;
}
