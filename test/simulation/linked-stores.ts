import type { CredentialStore } from '../../core/credential-store.ts';
import {
  type Cursor,
  type EventStore,
  StoreUnreachable,
  type Subscriber,
  type Subscription,
  type Writer,
} from '../../core/event-store.ts';
import type { KeyStore } from '../../core/key-store.ts';
import type { LeaseStore } from '../../core/lease-store.ts';
import type { Stores } from '../../core/stores.ts';
import { partitionOfCommit } from '../../adapters/commit-rules.ts';
import { KnownEpochs } from './known-epochs.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { LinkedSubscription } from './linked-subscription.ts';
import type { SharedStore } from './shared-store.ts';
import type { StoreLink } from './store-link.ts';

/** The shared store as one server has it: behind a link. */
export function linkedStores(link: StoreLink, store: SharedStore): Stores {
  const { info, ...inner } = { info: store.stores.events.info, ...store.stores };
  const epochs = new KnownEpochs(store);
  const opened = new Set<{ close(): Promise<void> }>();
  let isClosed = false;
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    isClosed ? Promise.reject(new StoreUnreachable('The store was closed.')) : link.ask(work);
  const held = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.add(one);
    return one;
  };
  const events: EventStore = {
    info,
    writer: (server, incarnation) =>
      held(linkedWriter({ link, store, epochs }, server, incarnation)),
    readStream: (query) => ask(() => inner.events.readStream(query)),
    readAll: (partition, from, limit) => ask(() => inner.events.readAll(partition, from, limit)),
    readStored: (partition, from, limit) =>
      ask(() => inner.events.readStored(partition, from, limit)),
    head: (partition) => ask(() => inner.events.head(partition)),
    snapshots: {
      get: (partition, names) => ask(() => inner.events.snapshots.get(partition, names)),
      keptThrough: (partition) => ask(() => inner.events.snapshots.keptThrough(partition)),
      keep: (partition, run, kept) => ask(() => inner.events.snapshots.keep(partition, run, kept)),
      names: (partition, prefix) => inner.events.snapshots.names(partition, prefix),
    },
    trim: (partition, before, epoch) => ask(() => inner.events.trim(partition, before, epoch)),
    subscribe: (_group: string, after: readonly Cursor[], subscriber: Subscriber): Subscription =>
      held(new LinkedSubscription({ link, store, epochs, after, subscriber })),
    close: async () => {
      isClosed = true;
      await Promise.all([...opened].map((one) => one.close()));
    },
  };
  const leases: LeaseStore = {
    take: (server, token) => ask(() => inner.leases.take(server, token)),
    refresh: (server, token) => ask(() => inner.leases.refresh(server, token)),
    release: (server, token) => ask(() => inner.leases.release(server, token)),
    look: async (servers) => {
      const { held: leased } = await ask(() => inner.leases.look(servers));
      return { held: leased, linkWholeMs: link.wholeMs };
    },
  };
  const credentials: CredentialStore = {
    put: (credential) => ask(() => inner.credentials.put(credential)),
    get: (user, id) => ask(() => inner.credentials.get(user, id)),
    remove: (user, id) => ask(() => inner.credentials.remove(user, id)),
    list: () => inner.credentials.list(),
  };
  const keys: KeyStore = {
    get: (name) => ask(() => inner.keys.get(name)),
    change: (name, before, after) => ask(() => inner.keys.change(name, before, after)),
    list: () => inner.keys.list(),
  };
  return {
    events,
    leases,
    credentials,
    keys,
    warnings: [],
    rewrite: () => ask(() => inner.rewrite()),
    close: () => events.close(),
  };
}

function linkedWriter(
  way: Pick<LaneOptions, 'link' | 'store' | 'epochs'>,
  server: string,
  incarnation: number,
): Writer {
  const { events } = way.store.stores;
  const writer = events.writer(server, incarnation);
  const lanes = new Map<number, Lane>();
  const lane = (partition: number): Lane => {
    const existing = lanes.get(partition);
    if (existing !== undefined) return existing;
    const made = new Lane({ ...way, writer, partition });
    lanes.set(partition, made);
    return made;
  };
  return {
    append: (commit) => lane(partitionOfCommit(commit, events.info.partitions)).append(commit),
    close: async () => {
      await Promise.all([...lanes.values()].map((one) => one.close()));
    },
  };
}
