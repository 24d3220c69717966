import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets so much time pass: for what is about time itself, such as a fault that lasts, or a proof that
 * nothing happens. What is to happen is waited for by `until`.
 */
export const passes = (ms: number): Promise<void> => sleep(ms);
