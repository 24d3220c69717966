import { setTimeout as sleep } from 'node:timers/promises';

import {
  type Cursor,
  type EventStore,
  type LogHead,
  type LogInfo,
  type Recorded,
  StoreUnreachable,
  type StreamQuery,
  type Subscriber,
  type Subscription,
  type Writer,
} from '../../core/event-store.ts';
import type { ChatEvent } from '../../core/event.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import type { SnapshotStore } from '../../core/snapshot-store.ts';
import type { TrimOutcome } from '../../core/trimming.ts';
import { type SealedUnder, sealedUnder, withheldRecord } from '../../core/sealing.ts';
import type { Keyring, TextKey } from './keyring.ts';
import { monthOfBody, openText } from './sealed-text.ts';
import { SealedWriter } from './sealed-writer.ts';

/** So long after a failed look for a key comes the next. */
const retryMs = 200;

export interface SealedEventsOptions {
  /** Whether what is written is sealed. */
  readonly seals: boolean;
  /** Milliseconds since 1970: a text is sealed under a key of its month. */
  readonly now: () => number;
}

/**
 * An event store whose texts are sealed: writers seal, and what is read is opened. A text that
 * cannot be opened is shown as the word for why, and its record says so (`withheld`).
 */
export class SealedEvents implements EventStore {
  readonly info: LogInfo;
  readonly #inner: EventStore;
  readonly #keyring: Keyring;
  readonly #options: SealedEventsOptions;

  constructor(inner: EventStore, keyring: Keyring, options: SealedEventsOptions) {
    this.info = inner.info;
    this.#inner = inner;
    this.#keyring = keyring;
    this.#options = options;
  }

  writer(server: string, incarnation: number): Writer {
    const writer = this.#inner.writer(server, incarnation);
    const { seals, now } = this.#options;
    return seals ? new SealedWriter(writer, this.#keyring, now) : writer;
  }

  async readStream(query: StreamQuery): Promise<readonly Recorded[]> {
    return opened(this.#keyring, await this.#inner.readStream(query));
  }

  async readAll(partition: number, from: number, limit: number): Promise<readonly Recorded[]> {
    return opened(this.#keyring, await this.#inner.readAll(partition, from, limit));
  }

  readStored(partition: number, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#inner.readStored(partition, from, limit);
  }

  head(partition: number): Promise<LogHead> {
    return this.#inner.head(partition);
  }

  get snapshots(): SnapshotStore {
    return this.#inner.snapshots;
  }

  trim(partition: number, before: number, epoch: string): Promise<TrimOutcome> {
    return this.#inner.trim(partition, before, epoch);
  }

  subscribe(group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription {
    return this.#inner.subscribe(group, after, {
      onBatch: (batch) => {
        for (const { event } of batch)
          if (event.type === 'UserErased') this.#keyring.erased(event.data.user);
        const ready = openedAtOnce(this.#keyring, batch);
        if (ready !== undefined) return subscriber.onBatch(ready);
        return this.#openAndGive(batch, subscriber);
      },
      onRollback: (rollback) => subscriber.onRollback(rollback),
      onFailure: (error) => subscriber.onFailure(error),
    });
  }

  async close(): Promise<void> {
    await this.#inner.close();
    this.#keyring.close();
  }

  /** A store that does not answer is asked again: what was read must not be lost. */
  async #openAndGive(batch: readonly Recorded[], subscriber: Subscriber): Promise<void> {
    for (;;) {
      try {
        return await subscriber.onBatch(await opened(this.#keyring, batch));
      } catch (error) {
        if (!(error instanceof StoreUnreachable)) return subscriber.onFailure(error as Error);
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }
}

/** The records with their texts opened, as far as there are keys. */
export async function opened(
  keyring: Keyring,
  records: readonly Recorded[],
): Promise<readonly Recorded[]> {
  const ready = openedAtOnce(keyring, records);
  if (ready !== undefined) return ready;
  const open: Recorded[] = [];
  for (const recorded of records) open.push(await openedOne(keyring, recorded));
  return open;
}

/** The same if all keys are at hand. */
function openedAtOnce(
  keyring: Keyring,
  records: readonly Recorded[],
): readonly Recorded[] | undefined {
  if (records.every(({ sealed }) => sealed === undefined)) return records;
  const open: Recorded[] = [];
  for (const recorded of records) {
    const sealing = sealingOf(recorded);
    const key = sealing && keyring.held(sealing.under, sealing.month);
    if (sealing !== undefined && key === undefined) return undefined;
    open.push(key === undefined ? recorded : openedWith(key, recorded));
  }
  return open;
}

async function openedOne(keyring: Keyring, recorded: Recorded): Promise<Recorded> {
  const sealing = sealingOf(recorded);
  if (sealing === undefined) return recorded;
  const { under, month } = sealing;
  return openedWith(keyring.held(under, month) ?? (await keyring.toOpen(under, month)), recorded);
}

/** Under which keys the record's text is sealed, if it is. */
export function sealingOf({
  event,
  sealed,
}: Recorded): { readonly under: SealedUnder; readonly month: number } | undefined {
  const under = sealed && sealedUnder(event);
  return under && sealed && { under, month: monthOfBody(sealed) };
}

function openedWith(key: TextKey, recorded: Recorded): Recorded {
  if (typeof key === 'string') return withheldRecord(recorded, key);
  const { sealed, ...open } = recorded;
  if (sealed === undefined) return recorded;
  const text = openText(key, recorded.id, sealed);
  if (text === undefined) return withheldRecord(recorded, 'sealed');
  return { ...open, event: { ...recorded.event, text } as ChatEvent };
}
