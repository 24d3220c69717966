import { until } from '../../support/until.ts';
import type { Cluster, RedisCluster, ServerProcess } from './cluster.ts';
import { pause } from './pause.ts';
import type { RunUnderFaults } from './run.ts';

/** What the project promises: accepting and consuming again so soon after Redis can be reached. */
export const recoversWithinMs = 5_000;
const stuckAfterMs = 60_000;

/** Kills Redis, lets it be dead for a while, starts it again, and waits until all goes on. */
export async function killRedis(run: RunUnderFaults<RedisCluster>, downMs: number): Promise<void> {
  const { cluster, note } = run;
  await cluster.redis.kill9();
  note(`Redis is killed, for ${Math.round(downMs)} ms`);
  await pause(downMs);
  await cluster.redis.restart();
  note('Redis is back');
  await goesOn(run, recoversWithinMs);
}

/** Kills a server, lets it be dead for a while, and starts it again under its name. */
export async function killServer(
  { note }: RunUnderFaults,
  server: ServerProcess,
  downMs: number,
): Promise<void> {
  await server.kill9();
  note(`server ${server.name} is killed, for ${Math.round(downMs)} ms`);
  await pause(downMs);
  // Without a Redis it says so and ends; whoever looks after servers starts it again.
  const isBack = async (): Promise<boolean> => {
    await server.restart();
    return true;
  };
  await until(isBack, { what: `server ${server.name} to serve again`, withinMs: stuckAfterMs });
  note(`server ${server.name} is back`);
}

/** Waits until messages are stored again by way of every server that has clients. */
export async function goesOn(run: RunUnderFaults, withinMs: number): Promise<void> {
  const { cluster, clients, note, odd } = run;
  const startedAt = performance.now();
  const ports = cluster.processes.flatMap(({ process }) => process.ports);
  const inUse = ports.filter((port) => clients.here(port) > 0);
  const again = inUse.map(async (port) => {
    const before = clients.stored(port);
    const isAgain = () => clients.stored(port) > before || clients.here(port) === 0;
    await until(isAgain, { what: 'messages to be stored again', withinMs: stuckAfterMs });
    const tookMs = Math.round(performance.now() - startedAt);
    const what = `by way of ${nameOf(cluster, port)} messages are stored after ${tookMs} ms`;
    if (tookMs > withinMs) odd(what);
    else note(what);
  });
  await Promise.all(again);
}

const nameOf = ({ processes }: Cluster, port: number): string =>
  processes.find(({ process }) => process.ports.includes(port))?.name ?? String(port);
