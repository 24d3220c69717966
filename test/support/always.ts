import fc from 'fast-check';

import { count, type CountName, reportCount } from '../counts.ts';

/**
 * Holds a property against as many inputs as stand in `test/counts.ts` under this name, and reports
 * how many there were.
 * @throws {Error} with the smallest input that was found for which it does not hold
 */
export async function always<Ts>(
  t: { passing(): boolean },
  name: CountName,
  property: fc.IProperty<Ts> | fc.IAsyncProperty<Ts>,
): Promise<void> {
  const details = await fc.check<Ts>(property, { numRuns: count(name) });
  const said = await fc.asyncDefaultReportMessage(details);
  if (details.failed) throw new Error(said, { cause: details.errorInstance });
  reportCount(t, name, details.numRuns);
}
