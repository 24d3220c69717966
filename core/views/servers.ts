import type { Recorded } from '../event-store.ts';

/**
 * The incarnations that have started and not ended, by server name, as their home partitions tell.
 * The fold owns its view and changes it in place.
 */
export type ServersView = Map<string, number>;

export function evolveServers(view: ServersView, { event }: Recorded): ServersView {
  switch (event.type) {
    case 'ServerStarted':
      return view.set(event.data.server, event.data.incarnation);
    case 'ServerStopped':
    case 'ServerLost':
      if ((view.get(event.data.server) ?? Infinity) <= event.data.incarnation)
        view.delete(event.data.server);
      return view;
    default:
      return view;
  }
}
