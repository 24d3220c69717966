import { Gauge } from 'prom-client';

import type { ChatServer } from './chat-server.ts';
import { inTime } from './in-time.ts';
import type { Readiness } from './readiness.ts';
import { unsealedSince } from './unsealed.ts';

/** Whoever reads metrics waits no longer than this for a store that does not answer. */
const storeMsMax = 1_000;

/** What a chat server is found to be like, each time its metrics are read. */
export const gaugesOf = (server: ChatServer, readiness: Readiness): readonly Gauge[] =>
  definitions.map(
    ({ name, help, label, read }) =>
      new Gauge({
        name: `securechat_${name}`,
        help,
        labelNames: label === undefined ? [] : [label],
        registers: [],
        async collect() {
          await read(this, server, readiness);
        },
      }),
  );

interface Definition {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: (gauge: Gauge, server: ChatServer, readiness: Readiness) => Promise<void> | void;
}

const definitions: readonly Definition[] = [
  {
    name: 'ready',
    help: 'Whether the server can both append and read (1), as at /readyz.',
    async read(gauge, _server, readiness) {
      gauge.set((await readiness.whyNot()) === undefined ? 1 : 0);
    },
  },
  {
    name: 'connections',
    help: 'Clients that are connected here, by transport.',
    label: 'transport',
    read(gauge, { connections }) {
      for (const transport of ['line', 'websocket']) gauge.set({ transport }, 0);
      for (const { format } of connections) gauge.inc({ transport: format.transport });
    },
  },
  {
    name: 'sessions',
    help: 'Sessions that are held here.',
    read: (gauge, { fanOut }) => gauge.set([...fanOut.sessions()].length),
  },
  {
    name: 'outbox_bytes',
    help: 'Bytes that clients have yet to take from this server.',
    read(gauge, { connections }) {
      let bytes = 0;
      for (const { outgoing } of connections) bytes += outgoing.waitingBytes;
      gauge.set(bytes);
    },
  },
  {
    name: 'cluster_sessions',
    help: 'Sessions in the whole cluster, as far as this server has read.',
    read: (gauge, { follower }) => gauge.set(follower.view.sessions.bySession.size),
  },
  {
    name: 'cluster_rooms',
    help: 'Rooms that somebody is in, as far as this server has read.',
    read: (gauge, { follower }) => gauge.set(follower.view.rooms.byRoom.size),
  },
  {
    name: 'cluster_servers',
    help: 'Servers that run, as far as this server has read.',
    read: (gauge, { follower }) => gauge.set(follower.view.servers.size),
  },
  {
    name: 'incarnation',
    help: 'Changes when the server starts, or begins anew after the others took it for lost.',
    read: (gauge, { incarnation }) => gauge.set(incarnation),
  },
  {
    name: 'log_followed',
    help: 'Whether what is appended reaches this server (1), as far as can be known.',
    read: (gauge, { follower }) => gauge.set(follower.isReading && follower.isCurrent ? 1 : 0),
  },
  {
    name: 'log_position',
    help: 'The last record that this server has read, by partition.',
    label: 'partition',
    read(gauge, { follower }) {
      for (const [partition, position] of follower.positions.entries())
        gauge.set({ partition }, position);
    },
  },
  {
    name: 'log_lag_records',
    help: 'Records that this server has yet to read, by partition; absent without the store.',
    label: 'partition',
    async read(gauge, { follower, stores }) {
      gauge.reset();
      const asked = follower.positions.map((_, partition) => stores.events.head(partition));
      const heads = (await answersInTime(Promise.all(asked))) ?? [];
      for (const [partition, { position }] of heads.entries())
        gauge.set({ partition }, Math.max(position - (follower.positions[partition] ?? 0), 0));
    },
  },
  {
    name: 'log_unsealed_seconds',
    help: 'The age of the oldest record that no checkpoint covers, by partition; absent without the store, and in a log that was never sealed.',
    label: 'partition',
    async read(gauge, { follower, stores }) {
      gauge.reset();
      const asked = follower.positions.map((_, partition) =>
        unsealedSince(stores.events, partition),
      );
      const now = Date.now();
      const since = (await answersInTime(Promise.all(asked))) ?? [];
      for (const [partition, at] of since.entries())
        if (at !== null) gauge.set({ partition }, Math.max(now - (at ?? now), 0) / 1_000);
    },
  },
  {
    name: 'store_link_seconds',
    help: 'For how long the link to the store has been whole; 0 while it is not.',
    async read(gauge, { stores }) {
      const sight = await answersInTime(stores.leases.look([]));
      gauge.set((sight?.linkWholeMs ?? 0) / 1_000);
    },
  },
];

/** Undefined where the store does not answer: that it does not is what other metrics tell. */
const answersInTime = <T>(answer: Promise<T>): Promise<T | undefined> =>
  inTime(answer, storeMsMax).catch(() => undefined);
