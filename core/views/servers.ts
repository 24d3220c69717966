import type { Recorded } from '../event-store.ts';

/** An incarnation of a server, and where browsers reach it, if they do. */
export interface RunningServer {
  readonly incarnation: number;
  readonly web?: string;
}

/**
 * The incarnations that have started and not ended, by server name, as their home partitions tell.
 * The fold owns its view and changes it in place.
 */
export type ServersView = Map<string, RunningServer>;

export function evolveServers(view: ServersView, { event }: Recorded): ServersView {
  switch (event.type) {
    case 'ServerStarted': {
      const { server, incarnation, web } = event.data;
      return view.set(server, { incarnation, ...(web !== undefined && { web }) });
    }
    case 'ServerStopped':
    case 'ServerLost':
      if ((view.get(event.data.server)?.incarnation ?? Infinity) <= event.data.incarnation)
        view.delete(event.data.server);
      return view;
    default:
      return view;
  }
}

/** Where browsers reach the servers that run: origins, each once, in order. */
export const liveWebAddresses = (view: ServersView): readonly string[] =>
  [...new Set([...view.values()].flatMap(({ web }) => web ?? []))].toSorted();

/** The names of the servers that run, in one order for everybody. */
export const liveServersInOrder = (view: ServersView): readonly string[] =>
  [...view.keys()].toSorted();
