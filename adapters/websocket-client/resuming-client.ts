import { afterClose } from '../../core/close-code.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import type { OkFrame, OkOf, ServerFrame, ServerFrameOf } from '../websocket/server-frames.ts';
import type { ChatClient, ClientOptions } from './chat-client.ts';
import type { ClientEvent } from './client-event.ts';
import type { RequestOf, RequestType } from './client-request.ts';
import { openGlobalSocket } from './client-socket.ts';
import type { ClientState, LossReason, StopReason } from './client-state.ts';
import { systemClock } from './clock.ts';
import { Connections } from './connections.ts';
import { RememberedSession } from './remembered-session.ts';
import { Listeners } from './listeners.ts';
import { PendingRequests } from './pending-requests.ts';
import { Reconnection } from './reconnection.ts';
import { NotSent } from './request-failure.ts';
import { afterRefusedResume, isSessionOver } from './session-end.ts';

/** A frame that answers nothing. */
type Heard = Parameters<RememberedSession['heard']>[0];

/** Requests have numbers. */
const resumeId = 'resume';

/** See {@link ChatClient}: what is asked and heard over one connection after another. */
export class ResumingClient implements ChatClient {
  readonly #connections: Connections;
  readonly #session: RememberedSession;
  readonly #pending = new PendingRequests();
  readonly #frames = new Listeners<ClientEvent>();
  readonly #states = new Listeners<ClientState>();
  /** What waited for its user comes before the answer to the login, and is heard after it. */
  #early: Heard[] = [];
  #state: ClientState = { status: 'connecting' };

  constructor(options: ClientOptions) {
    const { urls, openSocket = openGlobalSocket, random = Math.random } = options;
    this.#session = new RememberedSession(options.saved);
    const servers = [...urls, ...(this.#session.resumable?.servers ?? [])];
    this.#connections = new Connections(
      openSocket,
      options.clock ?? systemClock,
      new Reconnection(servers, random),
      {
        frame: (frame) => this.#received(frame),
        lost: (why, code) => this.#lost(why, code === undefined ? 'resume' : afterClose(code)),
      },
    );
    this.#connections.open();
  }

  get state(): ClientState {
    return this.#state;
  }

  request<T extends RequestType>(request: { readonly type: T } & RequestOf<T>): Promise<OkOf<T>> {
    if (this.#state.status === 'stopped' && !this.#startsAgain(this.#state.why, request.type))
      return Promise.reject(new NotSent(`The client has stopped: ${this.#state.why}.`));
    const answer = this.#pending.add(request);
    this.#sendWhatCanBe();
    return answer as Promise<OkOf<T>>;
  }

  onFrame(listener: (event: ClientEvent) => void): () => void {
    return this.#frames.add(listener);
  }

  onState(listener: (state: ClientState) => void): () => void {
    listener(this.#state);
    return this.#states.add(listener);
  }

  retry(): void {
    this.#connections.hurry();
  }

  close(): void {
    if (this.#state.status !== 'stopped' || this.#state.why !== 'Closed')
      this.#stop('Closed', 'stayAway');
  }

  #received(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        return this.#greeted(frame);
      case 'ok':
        return this.#answered(frame);
      case 'error':
        if (frame.id === resumeId) this.#resumeRefused(frame);
        else if (frame.id === undefined) this.#frames.tell(frame);
        else this.#pending.answered(frame);
        return;
      default:
        if (this.#state.status === 'greeting') this.#early.push(frame);
        else this.#hear(frame);
    }
  }

  #hear(frame: Heard): void {
    for (const event of this.#session.heard(frame)) this.#frames.tell(event);
  }

  #greeted({ server, registration }: ServerFrameOf<'hello'>): void {
    const { resumable } = this.#session;
    this.#early = [];
    if (resumable === undefined) this.#enter({ status: 'greeting', server, registration });
    else {
      const { token, cursor } = resumable;
      this.#connections.send({ type: 'resume', id: resumeId, token, cursor });
    }
  }

  #answered(ok: OkFrame): void {
    if (ok.id === resumeId) {
      const body = ok as OkFrame<'resume'>;
      this.#session.resume(body);
      this.#online(body);
      return;
    }
    switch (this.#pending.answered(ok)) {
      case 'login':
      case 'register': {
        const body = ok as OkFrame<'login'>;
        this.#session.begin(body);
        this.#online(body);
        for (const frame of this.#early.splice(0)) this.#hear(frame);
        break;
      }
      case 'join':
        this.#session.joined(ok as OkFrame<'join'>);
        break;
      case 'password':
        this.#session.renewed(ok as OkFrame<'password'>);
        break;
      default:
    }
  }

  #online(ok: OkFrame<'resume'>): void {
    const { type: _, id: __, ...session } = ok;
    this.#connections.online(session.servers);
    this.#enter({ status: 'online', user: session.user, session });
  }

  #resumeRefused(refusal: ServerFrameOf<'error'>): void {
    const next = afterRefusedResume(refusal);
    const why = refusal.code as ErrorCode;
    if (next === 'resume') this.#lost(why, next, refusal.retryAfterMs);
    else this.#stop(why, next, true);
  }

  #lost(why: LossReason, next: 'resume' | 'logIn' | 'stayAway', leastMs = 0): void {
    if (next !== 'resume') return this.#stop(why, next);
    this.#pending.lost();
    const wait = this.#connections.reopen(leastMs);
    this.#enter({ status: 'reconnecting', ...wait, why });
  }

  #stop(why: StopReason, next: 'logIn' | 'stayAway', isOver = isSessionOver(why)): void {
    this.#connections.end();
    if (isOver) this.#session.forget();
    this.#pending.stop(`The client has stopped: ${why}.`, isOver);
    this.#enter({ status: 'stopped', why, next });
  }

  /** To log in is to ask for a new connection; the session before it is given up. */
  #startsAgain(why: StopReason, type: RequestType): boolean {
    if (why === 'Closed' || (type !== 'login' && type !== 'register')) return false;
    this.#session.forget();
    this.#enter({ status: 'connecting' });
    this.#connections.open();
    return true;
  }

  #enter(state: ClientState): void {
    this.#state = state;
    this.#sendWhatCanBe();
    this.#states.tell(state, () => this.#state === state);
  }

  #sendWhatCanBe(): void {
    const { status } = this.#state;
    if (status !== 'greeting' && status !== 'online') return;
    for (const frame of this.#pending.take(status, () => this.#session.nextSequence()))
      this.#connections.send(frame);
  }
}
