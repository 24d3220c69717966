import type { Recorded } from '../../core/event-store.ts';
import { withheldRecord } from '../../core/sealing.ts';

/** Records with their sealed texts opened, or with the word for why they are not. */
export type TextOpener = (records: readonly Recorded[]) => Promise<readonly Recorded[]>;

/** Of somebody who has no keys. */
export const withoutKeys: TextOpener = async (records) =>
  records.map((recorded) =>
    recorded.sealed === undefined ? recorded : withheldRecord(recorded, 'sealed'),
  );

/** The same for one record; one whose text is not sealed is there at once. */
export async function openedBy(openTexts: TextOpener, recorded: Recorded): Promise<Recorded> {
  if (recorded.sealed === undefined) return recorded;
  const [opened] = await openTexts([recorded]);
  return opened ?? recorded;
}
