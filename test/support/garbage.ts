import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { until } from './until.ts';

/** Waits until nothing in this process refers to these any more, for 10 s at most. */
export async function areLetGo(refs: readonly WeakRef<object>[], what: string): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const isGone = (): boolean => {
    collectGarbage();
    return refs.every((ref) => ref.deref() === undefined);
  };
  await until(isGone, { what: `${what} to be let go of`, withinMs: 10_000 });
}
