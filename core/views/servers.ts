import type { Recorded } from '../event-store.ts';

/** An incarnation that runs, the partition that says so, and where browsers reach it, if they do. */
export interface RunningServer {
  readonly incarnation: number;
  /** Its server's home. */
  readonly home: number;
  readonly web?: string;
}

/**
 * The incarnations that have started and not ended, by server name, as their home partitions tell.
 * That an end stands in another partition proves nothing: its home may have lost it since.
 * The fold owns its view and changes it in place.
 */
export type ServersView = Map<string, RunningServer>;

export function evolveServers(view: ServersView, { event, partition }: Recorded): ServersView {
  switch (event.type) {
    case 'ServerStarted': {
      const { server, incarnation, web } = event.data;
      return view.set(server, { incarnation, home: partition, ...(web !== undefined && { web }) });
    }
    case 'ServerStopped':
    case 'ServerLost': {
      const running = view.get(event.data.server);
      if (running?.home === partition && running.incarnation <= event.data.incarnation)
        view.delete(event.data.server);
      return view;
    }
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
