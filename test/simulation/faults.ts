import type { Stage } from './stage.ts';
import type { SimServer } from './sim-server.ts';
import { calm, type Weather } from './store-link.ts';

const recordsLostMax = 40;

/** Begins a fault, which lasts for `ms` milliseconds; settles when it is over. */
type Fault = (stage: Stage, server: SimServer, ms: number) => Promise<void>;

/** Every fault that ends, by its name. */
export const faults = {
  dies: async ({ world }, server, ms) => {
    server.crash();
    await world.pause(ms);
    await server.start();
  },
  isStopped: async ({ world }, server, ms) => {
    await server.stop();
    await world.pause(ms / 4);
    await server.start();
  },
  isPaused: async ({ world }, server, ms) => {
    server.pause();
    await world.pause(ms);
    server.resume();
  },
  isCutOff: async ({ world }, server, ms) => {
    const { link } = server;
    link?.cut();
    await world.pause(ms);
    link?.mend();
  },
  losesAppends: (stage, server, ms) => weather(stage, server, ms, { lostAppends: 0.3 }),
  hearsNoAnswers: (stage, server, ms) => weather(stage, server, ms, { lostAnswers: 0.3 }),
  appendsLate: (stage, server, ms) =>
    weather(stage, server, ms, { lateAppends: 0.3, lateMs: 6_000 }),
  lagsBehind: (stage, server, ms) => weather(stage, server, ms, { lagMs: 2_500 }),
  isFarAway: (stage, server, ms) => weather(stage, server, ms, { latencyMs: 400 }),
  /** The whole store is away: nobody is to be declared lost for that. */
  storeIsAway: async ({ world, servers, store }, _server, ms) => {
    store.awayBy += 1;
    for (const { link } of servers) link?.cut();
    await world.pause(ms);
    store.awayBy -= 1;
    for (const { link } of servers) link?.mend();
  },
  storeIsFull: async ({ world, store }, _server, ms) => {
    store.isFull = true;
    await world.pause(ms / 2);
    store.isFull = false;
  },
  storeIsSetBack: async ({ world, store, eras }) => {
    const { partitions } = store.stores.events.info;
    eras.end();
    store.setBack(world.random.below(partitions), 1 + world.random.below(recordsLostMax));
  },
  everybodyIsCutOff: async ({ clients }) => {
    for (const client of clients) client.vanish();
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

/** After these a server may be declared lost… */
export const losesServer: ReadonlySet<FaultName> = new Set([
  'dies',
  'isPaused',
  'isCutOff',
  // …if it could not say that it stops.
  'isStopped',
]);
/** …and after this every one, since its beginning or an end may be lost. */
export const losesServers: FaultName = 'storeIsSetBack';

/** Faults that stay until the end: what is left has to do without that server. */
export const stayingFaults = {
  staysDead: (server) => server.crash(),
  staysPaused: (server) => server.pause(),
  staysCutOff: (server) => server.link?.cut(),
} as const satisfies Record<string, (server: SimServer) => void>;

export type StayingFaultName = keyof typeof stayingFaults;

async function weather(
  { world }: Stage,
  server: SimServer,
  ms: number,
  change: Partial<Weather>,
): Promise<void> {
  const { link } = server;
  if (link === undefined) return;
  link.weather = { ...calm, ...change };
  await world.pause(ms);
  link.weather = calm;
}
