import type { Recorded } from '../../core/event-store.ts';
import type { ClientHistory, HistoryEvent } from '../checker/history.ts';

/** A log that was never set back, and what clients recorded by the time it was. */
export interface Era {
  readonly records: readonly Recorded[];
  readonly histories: readonly ClientHistory[];
}

/** Somebody who records what they do and see. */
export interface Witness {
  readonly name: string;
  readonly events: readonly HistoryEvent[];
}

/**
 * A log that is set back loses what was acknowledged, and says so. So each time between two
 * set-backs is judged by itself: the log as it was at its end, and the connections that began in
 * it. Of those before it only counts what they said: the log may still have that.
 */
export class Eras {
  readonly #records: () => readonly Recorded[];
  readonly #witnesses: readonly Witness[];
  readonly #ended: Era[] = [];
  /** How many events of each of them lie before the present era. */
  #begins: readonly number[] = [];

  constructor(records: () => readonly Recorded[], witnesses: readonly Witness[]) {
    this.#records = records;
    this.#witnesses = witnesses;
  }

  /** The log is about to be set back. */
  end(): void {
    const records = this.#records();
    const told = this.#witnesses.map(({ name, events }) => ({ client: name, events }));
    const histories = told.map(({ client, events }, place) => {
      return { client, events: tellable(events, this.#begins[place] ?? 0, records) };
    });
    this.#ended.push({ records, histories });
    this.#begins = told.map(({ events }) => events.length);
  }

  /** All of them; to be asked once, when nothing happens any more. */
  all(): readonly Era[] {
    this.end();
    return this.#ended;
  }
}

/**
 * Of connections that are older than the era: who they were and what they said. In which room that
 * was the set-back may have changed.
 */
function tellable(
  events: readonly HistoryEvent[],
  begin: number,
  records: readonly Recorded[],
): readonly HistoryEvent[] {
  const older = new Set(events.slice(0, begin).map(({ connection }) => connection));
  const rooms = new Map<string, string>();
  for (const { event } of records)
    if (event.type === 'MessagePosted') rooms.set(event.text, event.data.room);
  return events.flatMap((event): readonly HistoryEvent[] => {
    const { kind, connection, at } = event;
    if (!older.has(connection)) return [event];
    if (kind === 'welcome') return [{ kind: 'earlier', user: event.user, connection, at }];
    if (kind !== 'invoke') return [];
    return [{ ...event, room: rooms.get(event.text) ?? event.room }];
  });
}
