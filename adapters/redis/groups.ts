import { randomBytes } from 'node:crypto';

import type { Commit } from '../../core/event-store.ts';
import type { Connection } from './connection.ts';
import { type PartitionKeys, partitionKeys } from './keys.ts';
import type { Link } from './link.ts';
import { isPassing } from './refusal.ts';
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

/**
 * Destroys the groups of servers that have ended, which nobody else would: those that a subscriber
 * called `<server>:<incarnation>` made. What cannot be done now is done after the next reconnect.
 */
export class EndedGroups {
  readonly #link: Link;
  readonly #ended = new Set<Ended>();

  constructor(link: Link) {
    this.#link = link;
    link.onUp(() => {
      for (const ended of this.#ended) void this.#destroy(ended);
    });
  }

  add(ended: Ended): void {
    this.#ended.add(ended);
    void this.#destroy(ended);
  }

  async #destroy(ended: Ended): Promise<void> {
    try {
      const connection = await this.#link.ready(withinMs);
      await destroyGroupsOf(connection, ended);
      this.#ended.delete(ended);
    } catch (error) {
      if (!isPassing(error)) throw error;
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
