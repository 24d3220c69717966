import { deepStrictEqual } from 'node:assert/strict';

import { WebSocket } from 'ws';

import type { ClientFrameOf, ClientFrameType } from '../../adapters/websocket/client-frames.ts';
import type {
  ErrorFrame,
  OkOf,
  ServerFrame,
  ServerFrameOf,
  ServerFrameType,
} from '../../adapters/websocket/server-frames.ts';
import { within } from './until.ts';

const withinMs = 10_000;

type Asked<T extends ClientFrameType> = Omit<ClientFrameOf<T>, 'id'> & { readonly type: T };
type Answered = Extract<ServerFrame, { id?: string }>;

/** How a connection ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** A program on the WebSocket protocol, as a test drives it: no more than the frames. */
export class FrameClient {
  readonly webSocket: WebSocket;
  /** All frames that are no answers, in the order in which they came. */
  readonly shown: ServerFrame[] = [];
  /** The last cursor, and in the session's body the token. */
  cursor = '';
  token = '';
  /** What the session began with: its secret, and the place up to which all had been sent. */
  begun = { token: '', cursor: '' };
  readonly ended: Promise<Ending>;
  readonly #pending = new Map<string, (answer: Answered) => void>();
  /** Frames that no expectation has consumed. */
  #unread: ServerFrame[] = [];
  #waiting: (() => void)[] = [];
  #ids = 0;
  #sequence = 0;
  #ending: Ending | undefined;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data) =>
      this.#take(JSON.parse((data as Buffer).toString()) as ServerFrame),
    );
    webSocket.on('error', () => {});
    this.ended = new Promise((resolve) =>
      webSocket.once('close', (code, reason) => {
        this.#ending = { code, reason: reason.toString() };
        resolve(this.#ending);
        this.#wake();
      }),
    );
  }

  /** A connection that has been greeted. */
  static async connect(url: string, origin?: string): Promise<FrameClient> {
    const headers = origin === undefined ? {} : { origin };
    const client = new FrameClient(new WebSocket(url, 'securechat.v1', { headers }));
    await client.sees('hello');
    return client;
  }

  /** Sends a frame; answers its answer, `ok` or `error`. */
  async send<T extends ClientFrameType>(asked: Asked<T>): Promise<Answered> {
    const id = `r${++this.#ids}`;
    const answer = new Promise<Answered>((resolve) => this.#pending.set(id, resolve));
    this.webSocket.send(JSON.stringify({ ...asked, id }));
    const ended = this.ended.then(({ code, reason }) => {
      throw new Error(`closed (${code} ${reason}) before the answer to ${asked.type}`);
    });
    return within(Promise.race([answer, ended]), withinMs, `the answer to ${asked.type}`);
  }

  /** The same; the answer is `ok`. */
  async asks<T extends ClientFrameType>(asked: Asked<T>): Promise<OkOf<T>> {
    const answer = await this.send(asked);
    if (answer.type === 'error') throw new Error(`${asked.type}: ${JSON.stringify(answer)}`);
    return answer as unknown as OkOf<T>;
  }

  /** The same; the answer is an error. */
  async isRefused<T extends ClientFrameType>(asked: Asked<T>): Promise<ErrorFrame['code']> {
    const answer = await this.send(asked);
    if (answer.type !== 'error') throw new Error(`${asked.type} was not refused`);
    return answer.code as ErrorFrame['code'];
  }

  async login(user: string, password: string, takeover = false): Promise<OkOf<'login'>> {
    const session = await this.asks({ type: 'login', user, password, takeover });
    this.#enter(session);
    return session;
  }

  async resume({ token, cursor }: { token: string; cursor: string }): Promise<OkOf<'resume'>> {
    const session = await this.asks({ type: 'resume', token, cursor });
    this.#enter(session);
    return session;
  }

  say(room: string, text: string, sequence = ++this.#sequence): Promise<OkOf<'say'>> {
    return this.asks({ type: 'say', room, text, sequence });
  }

  /** Whether the connection is over. */
  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** The next error, in answer to something or not. */
  seesError(): Promise<ServerFrameOf<'error'>> {
    return this.sees('error');
  }

  /** The next frame of this type; what stands before it is skipped. */
  async sees<T extends ServerFrameType>(
    type: T,
    holds: (frame: ServerFrameOf<T>) => boolean = () => true,
  ): Promise<ServerFrameOf<T>> {
    const isIt = (frame: ServerFrame): frame is ServerFrameOf<T> =>
      frame.type === type && holds(frame as ServerFrameOf<T>);
    const deadline = performance.now() + withinMs;
    for (;;) {
      const place = this.#unread.findIndex(isIt);
      const found = this.#unread[place];
      if (found !== undefined && isIt(found)) {
        this.#unread = this.#unread.slice(place + 1);
        return found;
      }
      if (this.#ending) throw new Error(`closed before ${type}: ${JSON.stringify(this.#ending)}`);
      const changed = new Promise<void>((resolve) => this.#waiting.push(resolve));
      const what = `a frame ${type}; unread: ${JSON.stringify(this.#unread).slice(0, 1_000)}`;
      await within(changed, deadline - performance.now(), what);
    }
  }

  /** Nothing but cursors has come that no expectation has consumed, now that this is answered. */
  async seesNothing(): Promise<void> {
    await this.asks({ type: 'ping' });
    deepStrictEqual(
      this.#unread.filter(({ type }) => type !== 'cursor'),
      [],
    );
  }

  /** The connection is gone without a word. */
  vanish(): void {
    this.webSocket.terminate();
  }

  #enter({ token, cursor }: OkOf<'login'>): void {
    this.begun = { token, cursor };
    this.token = token;
    this.cursor ||= cursor;
  }

  #take(frame: ServerFrame): void {
    if ((frame.type === 'ok' || frame.type === 'error') && frame.id !== undefined) {
      const resolve = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (resolve !== undefined) return resolve(frame);
    }
    if (frame.type === 'cursor') this.cursor = frame.cursor;
    this.shown.push(frame);
    this.#unread.push(frame);
    this.#wake();
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
