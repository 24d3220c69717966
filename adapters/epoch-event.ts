import type { EpochStarted } from '../core/epoch.ts';
import type { NewEvent } from '../core/event-store.ts';

/** The actor of what a store itself appends. No chat server bears this name: it has a space. */
const storeActor = { server: 'event store', incarnation: 0 } as const;

/** The event that starts an epoch; for a log's first one `from` is 1, without a `previous`. */
export function epochEvent(id: string, data: EpochStarted['data']): NewEvent {
  return { id, actor: storeActor, cause: id, event: { type: 'EpochStarted', data } };
}
