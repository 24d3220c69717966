import { retainFlags } from './retain-options.ts';
import type { Flag } from './settings.ts';
import { storeFlags } from './store-options.ts';

export const checkpointGroup = 'How it is proved to be whole';

export const auditKeyFlags = {
  'audit-key': {
    argument: 'FILE',
    group: checkpointGroup,
    about:
      'with this key, an Ed25519 key in PEM that all servers share (default: of the data folder)',
  },
} as const satisfies Record<string, Flag>;

const proofGroup = 'By what it is checked';

export const evidenceFlags = {
  key: {
    argument: 'KEY',
    group: proofGroup,
    about: 'the public key that counts, or a file that holds it (default: the first in the log)',
    repeatable: true,
  },
  checkpoints: {
    argument: 'DIR',
    group: proofGroup,
    about: 'checkpoints that were kept outside the store, as serve --checkpoints does',
  },
} as const satisfies Record<string, Flag>;

export const whyFlags = {
  why: { argument: 'TEXT', about: 'the reason for reading, to be recorded in the log' },
} as const satisfies Record<string, Flag>;

export const archiveFlags = {
  archive: {
    argument: 'DIR',
    group: proofGroup,
    about: 'what was trimmed, from the folder of serve --archive; the rest from the live log',
  },
} as const satisfies Record<string, Flag>;

export const outFlags = {
  out: { argument: 'FILE', about: 'where to export to; compressed if its name ends in .gz' },
} as const satisfies Record<string, Flag>;

export const keysOutFlags = {
  out: { argument: 'FILE', about: 'where to write the keys to' },
  overwrite: { about: 'also if there is such a file' },
  user: { argument: 'NAME', about: 'only the key of what this user wrote', repeatable: true },
  room: {
    argument: 'ROOM',
    about: 'only the keys of what was said in this room',
    repeatable: true,
  },
} as const satisfies Record<string, Flag>;

export const partitionFlags = {
  partition: { argument: 'N', about: 'of which partition (default: 0)' },
} as const satisfies Record<string, Flag>;

/** All flags that an action of `securechat audit` can have. */
export const auditFlags = {
  ...storeFlags,
  ...auditKeyFlags,
  ...evidenceFlags,
  ...archiveFlags,
  ...whyFlags,
  ...outFlags,
  ...partitionFlags,
  retain: retainFlags.retain,
} as const satisfies Record<string, Flag>;

export type AuditFlag = keyof typeof auditFlags;
