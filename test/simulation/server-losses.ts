import type { Recorded } from '../../core/event-store.ts';
import { losesServer, losesServers } from './faults.ts';
import { loginWithinMs } from './logins.ts';
import type { Plan } from './plan.ts';
import { begins } from './world.ts';

/** Servers that were declared lost although nothing had befallen them, or not soon enough. */
export function wrongLosses(plan: Plan, records: readonly Recorded[]): readonly string[] {
  // It may lose that somebody started, stopped or was lost.
  if (plan.faults.some(({ name }) => name === losesServers)) return [];
  return [...lostWithoutReason(plan, records), ...lostTooLate(plan, records)];
}

function lostWithoutReason({ faults, stays }: Plan, records: readonly Recorded[]): string[] {
  const excused = new Set(
    faults.filter(({ name }) => losesServer.has(name)).map(({ server }) => server),
  );
  if (stays !== undefined) excused.add(stays.server);
  return records.flatMap(({ event, partition, position }) => {
    if (event.type !== 'ServerLost' || excused.has(numberOf(event.data.server))) return [];
    return [`${event.data.server} was declared lost at ${position} of ${partition}, and was not`];
  });
}

/** Unless other faults keep the others busy. */
function lostTooLate(
  { faults, stays, partitions }: Plan,
  records: readonly Recorded[],
): readonly string[] {
  if (stays === undefined || faults.length > 0) return [];
  const intime = records.filter(({ event, at }) => {
    const isLoss = event.type === 'ServerLost' && numberOf(event.data.server) === stays.server;
    return isLoss && at - begins <= stays.atMs + loginWithinMs;
  });
  if (intime.length === partitions) return [];
  return [`server-${stays.server} was lost in time in ${intime.length} partitions only`];
}

const numberOf = (server: string): number => Number(server.split('-')[1]);
