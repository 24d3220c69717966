// Plays many seeds, one after another, and tells which of them break a promise:
//   node dist/test/simulation/seeds.js 1 5000
// One alone tells all that happens: node dist/test/simulation/seeds.js 17 17 safety
import process, { argv } from 'node:process';
import { type Mode, planOf } from './plan.ts';
import { simulate } from './run.ts';

const [first, last, onlyMode] = [Number(argv[2] ?? 1), Number(argv[3] ?? argv[2] ?? 1), argv[4]];
const both: readonly Mode[] = ['safety', 'liveness'];
const modes = both.filter((mode) => onlyMode === undefined || mode === onlyMode);

let runs = 0;
let broken = 0;
for (let seed = first; seed <= last; seed++) {
  for (const mode of modes) {
    const plan = planOf(seed, mode);
    const { wrong, trace, digest } = await simulate(plan);
    runs += 1;
    if (first === last) console.log([JSON.stringify(plan), ...trace, digest].join('\n'));
    if (wrong.length === 0) continue;
    broken += 1;
    console.log([`seed ${seed}, ${mode}:`, ...wrong].join('\n  '));
  }
}
console.log(`${runs} runs, ${broken} break a promise`);
process.exitCode = broken === 0 ? 0 : 1;
