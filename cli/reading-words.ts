import type { Options } from './settings.ts';

/** The command and its options as they were typed, apart from where the log and its keys are. */
export function readingWords(
  command: string,
  operands: readonly string[],
  options: Options,
): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || elsewhere.has(name)) return [];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') return [flag];
    const values = typeof value === 'string' ? [value] : value;
    return values.flatMap((one) => [flag, /\s/.test(one) ? JSON.stringify(one) : one]);
  });
  return [command, ...flags, ...operands].join(' ');
}

/** A URL may hold a password, and the reason has a place of its own. */
const elsewhere: ReadonlySet<string> = new Set([
  'archive',
  'auditKey',
  'data',
  'masterKeyFile',
  'redis',
  'why',
]);
