import { notConverged } from './converged.ts';
import { faults, stayingFaults } from './faults.ts';
import { faultyMs, type Plan } from './plan.ts';
import { Stage, type Tampering } from './stage.ts';
import { brokenPromises } from './verdict.ts';
import { World } from './world.ts';

/** Clients go on for so long after the faults. */
const afterwardsMs = 3_000;
/** So long after the faults everything must be as though there had been none. */
const convergesWithinMs = 10_000;
const faultEndsWithinMs = 60_000;

export interface Outcome {
  /** What must not have been: sentences. */
  readonly wrong: readonly string[];
  /** What happened, line by line, and a hash of it. */
  readonly trace: readonly string[];
  readonly digest: string;
}

/** Plays one plan in a world of its own, and judges it. */
export async function simulate(plan: Plan, tamper: Tampering = () => {}): Promise<Outcome> {
  using world = new World(plan.seed);
  const stage = new Stage(world, plan, tamper);
  const wrong: string[] = [];
  try {
    wrong.push(...(await world.live(() => play(stage))));
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const { trace } = world;
  const digest = world.digest();
  return { wrong: [...wrong, ...(await brokenPromises(stage))], trace, digest };
}

/** The whole story. Answers what has not come right some time after the faults. */
async function play(stage: Stage): Promise<readonly string[]> {
  const { world, clients, store, healthy } = stage;
  await stage.open();
  for (const client of clients) void client.live();
  await Promise.all([disturb(stage), world.pause(faultyMs)]);
  world.note('peace');
  await Promise.all(healthy.map((server) => server.start()));
  await world.pause(afterwardsMs);
  for (const client of clients) client.rest();
  await world.pause(convergesWithinMs - afterwardsMs);
  const wrong = notConverged(store, healthy, clients);
  await Promise.all(clients.map((client) => client.leave(healthy)));
  for (const login of stage.logins) if (stage.hasAccount(login)) await login.at(healthy);
  for (const server of healthy) await server.stop();
  for (const server of stage.servers) server.crash();
  return wrong;
}

/** Every fault at its time; settles when those are over that end. */
async function disturb(stage: Stage): Promise<void> {
  const { world, servers, plan, victim } = stage;
  const planned = plan.faults.map(async ({ name, server: number, atMs, ms }) => {
    const server = servers[number];
    await world.pause(atMs);
    if (server === undefined) return;
    world.note(`fault: ${server.name} ${name} for ${ms} ms`);
    await Promise.race([faults[name](stage, server, ms), world.pause(faultEndsWithinMs)]);
    world.note(`fault: ${server.name} ${name} is over`);
  });
  if (plan.stays !== undefined && victim !== undefined) {
    await world.pause(plan.stays.atMs);
    world.note(`fault: ${victim.name} ${plan.stays.name}`);
    stayingFaults[plan.stays.name](victim);
  }
  await Promise.all(planned);
}
