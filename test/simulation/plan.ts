import { Random } from '../cluster/under-faults/random.ts';
import { type FaultName, faults, type StayingFaultName, stayingFaults } from './faults.ts';

/** What a seed decides before anything happens. */
export interface Plan {
  readonly seed: number;
  readonly servers: number;
  readonly partitions: number;
  readonly users: number;
  /** How many of the users have accounts at the beginning. */
  readonly accounts: number;
  readonly clients: number;
  readonly rooms: number;
  readonly restMs: number;
  readonly faults: readonly PlannedFault[];
  /** The fault that stays, and the server that it befalls; undefined in the safety mode. */
  readonly stays: StayingFault | undefined;
}

export interface StayingFault {
  readonly name: StayingFaultName;
  readonly server: number;
  readonly atMs: number;
}

export interface PlannedFault {
  readonly name: FaultName;
  readonly server: number;
  readonly atMs: number;
  readonly ms: number;
}

export type Mode = 'safety' | 'liveness';

/** For so long faults begin. */
export const faultyMs = 20_000;
const faultsMax = 5;
const kindsMax = 3;
/** Who is away for so long is missed by nobody… */
const shortMs = 4_000;
/** …and for so long is lost, and begins anew. */
const longMs = 16_000;
/** The faults from which most follows come more often. */
const grave: readonly FaultName[] = ['dies', 'isPaused', 'isCutOff', 'storeIsSetBack'];

/** A run has few kinds of faults, so that each is tried without others in its way. */
export function planOf(seed: number, mode: Mode): Plan {
  const random = new Random(seed);
  const servers = 2 + random.below(2);
  const users = 3 + random.below(3);
  const stays = mode === 'safety' ? undefined : stayingFault(random, servers);
  const faultsPlanned = plannedFaults(random, servers);
  // What the log may lose is not to be an account.
  const losesAccounts = faultsPlanned.some(({ name }) => name === 'storeIsSetBack');
  return {
    seed,
    servers,
    partitions: random.pick([1, 1, 3]),
    users,
    accounts: losesAccounts ? users : 1 + random.below(users),
    clients: users + random.below(4),
    rooms: 2 + random.below(2),
    restMs: random.pick([150, 600, 2_000]),
    faults: faultsPlanned.filter(({ server }) => server !== stays?.server),
    stays,
  };
}

function plannedFaults(random: Random, servers: number): PlannedFault[] {
  const names = [...(Object.keys(faults) as FaultName[]), ...grave];
  const kinds = Array.from({ length: random.below(kindsMax + 1) }, () => random.pick(names));
  const length = kinds.length === 0 ? 0 : 1 + random.below(faultsMax);
  return Array.from({ length }, () => ({
    name: random.pick(kinds),
    server: random.below(servers),
    atMs: random.below(faultyMs),
    ms: random.chance(0.5) ? 100 + random.below(shortMs) : shortMs + random.below(longMs - shortMs),
  }));
}

function stayingFault(random: Random, servers: number): StayingFault {
  const names = Object.keys(stayingFaults) as StayingFaultName[];
  return { name: random.pick(names), server: random.below(servers), atMs: random.below(faultyMs) };
}
