import type { Recorded } from '../../core/event-store.ts';
import type { HistoryEvent } from '../checker/history.ts';

/** `#17 2026-01-01T00:00:09Z ann: hello`, as `/history` shows it. */
const shown = /^#(\d+) \S+ (\S+): (.*)$/;

/** What somebody was shown as the past of a room that the log has otherwise: sentences. */
export function wrongPast(
  records: readonly Recorded[],
  witnesses: readonly { readonly name: string; readonly events: Iterable<HistoryEvent> }[],
): readonly string[] {
  const places = new Map<string, string>();
  for (const { event, revision } of records)
    if (event.type === 'MessagePosted') places.set(event.text, `${revision} ${event.data.user}`);
  return witnesses.flatMap(({ name, events }) =>
    [...events].flatMap((event) => {
      if (event.kind !== 'line') return [];
      const [line, number, user, text] = shown.exec(event.line) ?? [];
      if (text === undefined || places.get(text) === `${number} ${user}`) return [];
      return [`${name} was told ${line}, the log has ${places.get(text) ?? 'no such message'}`];
    }),
  );
}
