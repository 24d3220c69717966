import type { Replay } from './replay-job.ts';
export async function writeReport(_replay: Replay, ..._mode: unknown[]): Promise<void> {}
