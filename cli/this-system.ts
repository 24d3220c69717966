import { readFileSync } from 'node:fs';

/** Systems that keep the authorities they trust in ways of their own. */
export type System = 'macOS' | 'Debian' | 'Fedora' | 'Linux' | 'other';

/** Which of them this one is; `Linux` is one that is like neither Debian nor Fedora. */
export function thisSystem(
  platform: NodeJS.Platform = process.platform,
  osRelease = readOsRelease(),
): System {
  if (platform === 'darwin') return 'macOS';
  if (platform !== 'linux') return 'other';
  // os-release(5): what it is, and what it is like.
  const names = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap(
    ([, value = '']) => value.split(' '),
  );
  if (names.includes('debian')) return 'Debian';
  return names.includes('fedora') ? 'Fedora' : 'Linux';
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A system without the file is none that needs to be told apart.
    return '';
  }
}
