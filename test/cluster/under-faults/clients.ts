// The process of the clients: apart from the one that makes the faults and judges, so that neither
// makes the other late. Told what to do, and tells how far it is, by messages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryFile } from '../../checker/history.ts';
import { BusyClient } from './busy-client.ts';
import type { ClientsPlan, FromClients, ToClients } from './plan.ts';
import { clientNames } from './client-names.ts';
import { Random } from './random.ts';
import { Scores } from './scores.ts';

const tellEveryMs = 50;

const scores = new Scores();
let clients: readonly BusyClient[] = [];

process.on('message', (message: ToClients) => {
  if (message.type === 'plan') return void run(message.plan);
  for (const client of clients) {
    if (message.type === 'storm') client.vanish();
    else client.finish();
  }
});
// Nobody is there to judge any more.
process.on('disconnect', () => process.exit(1));

async function run(plan: ClientsPlan): Promise<void> {
  const random = new Random(plan.seed);
  const ca = readFileSync(plan.ca);
  const everybody = clientNames(plan.clients);
  const histories: HistoryFile[] = [];
  clients = everybody.map((name, place) => {
    const history = new HistoryFile(name, join(plan.dir, `${name}.ndjson`));
    histories.push(history);
    const isSlow = place < plan.slowReaders;
    const own = { name, isSlow, history, random: random.branch() };
    return new BusyClient({ ...own, plan, ca, everybody, scores });
  });
  await Promise.all(clients.map((client) => client.register()));
  tell({ type: 'ready' });
  const timer = setInterval(
    () => tell({ type: 'progress', progress: scores.progress }),
    tellEveryMs,
  );
  await Promise.all(clients.map((client) => client.live()));
  clearInterval(timer);
  for (const history of histories) history.close();
  tell({ type: 'done', progress: scores.progress });
}

function tell(message: FromClients): void {
  process.send?.(message);
}
