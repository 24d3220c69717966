import { auditKeyFlags, checkpointGroup as group } from './audit-flags.ts';
import { auditKeyFile } from './audit-options.ts';
import type { Environment, Flag, Settings } from './settings.ts';

export const checkpointFlags = {
  ...auditKeyFlags,
  checkpoints: {
    argument: 'DIR',
    group,
    about: 'and keep what was sealed in this folder too, outside the store',
  },
  'checkpoint-within': {
    argument: 'SECONDS',
    group,
    about: 'at the latest so long after something came (default: 10)',
  },
} as const satisfies Record<string, Flag>;

type CheckpointFlag = keyof typeof checkpointFlags;

const withinSecondsMax = 3_600;

/** How the log is sealed by checkpoints. */
export interface CheckpointOptions {
  /** The file of the signing key; on the embedded store there is one without. */
  readonly keyFile?: string;
  /** A folder for checkpoints, outside the store. */
  readonly checkpoints?: string;
  /** Absent for the default. */
  readonly withinMs?: number;
}

export function parseCheckpointOptions<Name extends string>(
  settings: Settings<Name | CheckpointFlag>,
  env: Environment,
): CheckpointOptions {
  const keyFile = auditKeyFile(settings.text('audit-key'), env);
  const checkpoints = settings.text('checkpoints');
  const seconds = settings.integer('checkpoint-within', 1, withinSecondsMax);
  return {
    ...(keyFile !== undefined && { keyFile }),
    ...(checkpoints !== undefined && { checkpoints }),
    ...(seconds !== undefined && { withinMs: 1_000 * seconds }),
  };
}
