import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface ServerStarted {
  readonly type: 'ServerStarted';
  readonly data: {
    readonly server: string;
    /** The revision of this very event in the server's stream. */
    readonly incarnation: number;
    /** Where browsers reach it: an origin such as `https://chat.example:8443`. */
    readonly web?: string;
  };
}

/** Ends every session and membership of the incarnation, in every fold, in order of session. */
export interface ServerStopped {
  readonly type: 'ServerStopped';
  readonly data: { readonly server: string; readonly incarnation: number };
}

/** The same, appended by another server that missed this one's lease. */
export interface ServerLost {
  readonly type: 'ServerLost';
  readonly data: { readonly server: string; readonly incarnation: number };
}

export type ServerEvent = ServerStarted | ServerStopped | ServerLost;

export type Server =
  | { readonly status: 'none'; readonly revision: 0 }
  | {
      readonly status: 'running' | 'ended';
      readonly incarnation: number;
      /** Of the server's stream in its home partition. */
      readonly revision: number;
    };

export type ServerCommand =
  | { readonly type: 'StartServer'; readonly server: string; readonly web?: string }
  | { readonly type: 'StopServer'; readonly server: string; readonly incarnation: number }
  | { readonly type: 'DeclareLost'; readonly server: string; readonly incarnation: number };

export const initialServer: Server = { status: 'none', revision: 0 };

export function evolveServer(state: Server, event: ServerEvent): Server {
  const revision = state.revision + 1;
  switch (event.type) {
    case 'ServerStarted':
      return { status: 'running', incarnation: event.data.incarnation, revision };
    case 'ServerStopped':
    case 'ServerLost':
      return { status: 'ended', incarnation: event.data.incarnation, revision };
    default:
      return unreachable(event);
  }
}

export function decideServer(command: ServerCommand, state: Server): Decision<ServerEvent> {
  const { server } = command;
  const runs = state.status === 'running';
  switch (command.type) {
    case 'StartServer': {
      if (runs) return new Rejection('ServerRunning', server);
      const { web } = command;
      const data = { server, incarnation: state.revision + 1, ...(web !== undefined && { web }) };
      return [{ type: 'ServerStarted', data }];
    }
    case 'StopServer':
    case 'DeclareLost': {
      const { incarnation } = command;
      if (!runs || state.incarnation !== incarnation) return [];
      const type = command.type === 'StopServer' ? 'ServerStopped' : 'ServerLost';
      return [{ type, data: { server, incarnation } }];
    }
    default:
      return unreachable(command);
  }
}
