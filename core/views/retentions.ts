import type { Recorded } from '../event-store.ts';

/** For how many days each room's text is kept, by canonical name; the others' for ever. */
export type RetentionsView = Map<string, number>;

/** The fold owns its view and changes it in place. */
export function evolveRetentions(view: RetentionsView, { event }: Recorded): RetentionsView {
  if (event.type !== 'RetentionSet') return view;
  const { room, days } = event.data;
  if (days === undefined) view.delete(room);
  else view.set(room, days);
  return view;
}
