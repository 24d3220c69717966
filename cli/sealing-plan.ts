import { CheckpointFolder } from '../adapters/audit/checkpoint-folder.ts';
import { loadSigningKey } from '../adapters/audit/signing-key.ts';
import { reasonOf } from '../adapters/system-reason.ts';
import type { SealingPlan } from '../server/sealing.ts';
import { ownKey } from './audit-options.ts';
import { PlainFailure } from './plain-failure.ts';
import type { ServeOptions } from './serve-options.ts';

/**
 * How servers seal the log. What is given is looked at now, before anything is written to the log;
 * the embedded store's own key, which lies in its folder, when the store is open.
 * @throws {SigningKeyProblem} @throws {PlainFailure} the call of the answer the former too
 */
export function sealingOf({
  checkpoints: { keyFile, checkpoints, withinMs },
  store,
}: Pick<ServeOptions, 'checkpoints' | 'store'>): () => SealingPlan {
  const given = keyFile === undefined ? undefined : loadSigningKey(keyFile);
  const folder = checkpoints === undefined ? undefined : folderAt(checkpoints);
  return () => {
    const key = given ?? ownKey(store);
    return {
      ...(key && { key }),
      ...(folder && { folder }),
      ...(withinMs !== undefined && { withinMs }),
    };
  };
}

function folderAt(path: string): CheckpointFolder {
  try {
    return new CheckpointFolder(path);
  } catch (error) {
    throw new PlainFailure(
      `The folder ${path} cannot be made (${reasonOf(error)}): choose another with --checkpoints.`,
    );
  }
}
