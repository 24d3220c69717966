import { WebSocket } from 'ws';

import type { ChatClient, ClientOptions } from '../../../adapters/websocket-client/chat-client.ts';
import type { ClientEvent } from '../../../adapters/websocket-client/client-event.ts';
import type {
  ClientState,
  LossReason,
  SessionBody,
} from '../../../adapters/websocket-client/client-state.ts';
import { connect } from '../../../adapters/websocket-client/connect.ts';
import type { ScriptedWebSocket } from '../../support/scripted-web-socket-server.ts';
import { until } from '../../support/until.ts';
import { sessionBody } from './session-body.ts';

const withinMs = 15_000;

/** A client, and all that it told. It tries again at once, unless a clock says when. */
export class Listening implements Disposable {
  readonly client: ChatClient;
  readonly heard: ClientEvent[] = [];
  readonly states: ClientState[] = [];

  constructor(urls: readonly string[], options: Partial<ClientOptions> = {}) {
    this.client = connect({
      urls,
      openSocket: (url, protocol) => new WebSocket(url, protocol),
      random: () => 0,
      ...options,
    });
    this.client.onFrame((event) => this.heard.push(event));
    this.client.onState((state) => this.states.push(state));
  }

  /** Waits for the state that holds to be this one. */
  async is<S extends ClientState['status']>(status: S): Promise<ClientState & { status: S }> {
    await until(() => this.client.state.status === status, {
      what: `the client to be ${status}, not ${this.client.state.status}`,
      withinMs,
    });
    return this.client.state as ClientState & { status: S };
  }

  /** Waits until a connection is lost for this reason. */
  async loses(why: LossReason): Promise<void> {
    await until(
      () => this.client.state.status === 'reconnecting' && this.client.state.why === why,
      { what: `a connection to be lost: ${why}`, withinMs },
    );
  }

  /** Waits until the client has heard this many events. */
  async hears(count: number): Promise<readonly ClientEvent[]> {
    await until(() => this.heard.length >= count, { what: `${count} events`, withinMs });
    return this.heard;
  }

  /** Greets the client and takes alice's login. */
  async logsIn(server: ScriptedWebSocket, body: Partial<SessionBody> = {}): Promise<void> {
    server.greet();
    const answer = this.client.request({ type: 'login', user: 'alice', password: 'password123' });
    server.ok(await server.reads('login'), sessionBody(body));
    await answer;
  }

  /** Greets the client and lets it go on with its session. */
  async resumes(server: ScriptedWebSocket, body: Partial<SessionBody> = {}): Promise<void> {
    server.greet();
    server.ok(await server.reads('resume'), sessionBody(body));
    await this.is('online');
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}
