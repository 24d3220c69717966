import type { ChatClient } from '../../../adapters/websocket-client/chat-client.ts';
import { connect } from '../../../adapters/websocket-client/connect.ts';
import { Refused, Unknown } from '../../../adapters/websocket-client/request-failure.ts';
import { pause } from '../under-faults/pause.ts';
import type { Random } from '../under-faults/random.ts';
import { CuttableSocket, type IsLast } from './cuttable-socket.ts';
import { type Heard, note } from './heard.ts';
import type { Said, Witness } from './judgement.ts';

/** Attempts to come back follow one another quickly, for a test has no time. */
const haste = 0.1;
const againMs = 200;
const underWayMax = 4;

export interface TalkingPlan {
  readonly urls: readonly string[];
  /** The certificate to trust. */
  readonly ca: Buffer;
  readonly rooms: readonly string[];
  readonly users: readonly string[];
  /** Between two messages, on average. */
  readonly pauseMs: number;
}

/** A client that says things, in rooms and to people, comes and goes, and notes what it hears. */
export class TalkingClient implements Witness {
  readonly user: string;
  readonly heard: Heard = new Map();
  readonly said: Said[] = [];
  /** What must not have been. */
  readonly oddities: string[] = [];
  /** How often its connection was taken away. */
  cuts = 0;
  readonly #client: ChatClient;
  readonly #plan: TalkingPlan;
  readonly #random: Random;
  readonly #rooms = new Set(['lobby']);
  readonly #underWay = new Set<Promise<void>>();
  #socket: CuttableSocket | undefined;
  #lastOfNext: IsLast | undefined;
  #texts = 0;
  #isFinishing = false;

  /** Its first connection is cut after such a frame, if one is given. */
  constructor(user: string, plan: TalkingPlan, random: Random, lastOfFirst?: IsLast) {
    this.user = user;
    this.#lastOfNext = lastOfFirst;
    this.#plan = plan;
    this.#random = random;
    this.#client = connect({
      urls: plan.urls,
      openSocket: (url, protocol) => this.#open(url, protocol),
      random: () => random.fraction() * haste,
    });
    this.#client.onFrame((event) => note(this.heard, user, event));
    this.#client.onState((state) => {
      if (state.status === 'stopped' && state.why !== 'Closed')
        this.oddities.push(`${user}: ${state.why}`);
    });
  }

  async enters(): Promise<void> {
    const { user } = this;
    await this.#client.request({ type: 'register', user, password: `password-of-${user}` });
    await this.#move('join', this.#random.pick(this.#plan.rooms));
    await this.#insists(() =>
      this.#client.request({ type: 'follow', user: this.#random.pick(this.#others) }),
    );
  }

  /** Until it is told to finish; then what it said is answered. */
  async talks(): Promise<void> {
    const random = this.#random;
    while (!this.#isFinishing && this.#client.state.status !== 'stopped') {
      if (random.chance(0.02)) await this.#moves();
      const say = random.chance(0.1) ? this.#writes() : this.#says();
      const answered = say.finally(() => this.#underWay.delete(answered));
      this.#underWay.add(answered);
      if (this.#underWay.size >= underWayMax) await Promise.race(this.#underWay);
      await pause(random.between(0, 2 * this.#plan.pauseMs));
    }
    await Promise.all(this.#underWay);
  }

  finish(): void {
    this.#isFinishing = true;
  }

  /** Whether it could be taken away. */
  get isOnline(): boolean {
    return this.#client.state.status === 'online' && this.#socket?.isOpen === true;
  }

  cut(end: 'reset' | 'halfOpen'): void {
    this.#socket?.cut(end);
  }

  /** Cuts the next connection too, after such a frame. */
  cutNextAfter(isLast: IsLast): void {
    this.#lastOfNext = isLast;
  }

  close(): void {
    this.#client.close();
  }

  #open(url: string, protocol: string): CuttableSocket {
    const socket = new CuttableSocket({ url, protocol, ca: this.#plan.ca }, () => (this.cuts += 1));
    if (this.#lastOfNext !== undefined) socket.cutAfter(this.#lastOfNext);
    this.#lastOfNext = undefined;
    this.#socket = socket;
    return socket;
  }

  get #others(): readonly string[] {
    return this.#plan.users.filter((other) => other !== this.user);
  }

  async #says(): Promise<void> {
    const text = this.#nextText();
    const room = this.#random.pick([...this.#rooms]);
    const stored = await this.#known((sequence) =>
      this.#client.request({ type: 'say', room, text, ...sequence }),
    );
    if (stored !== undefined) this.said.push({ text, room: stored.room, number: stored.number });
  }

  async #writes(): Promise<void> {
    const text = this.#nextText();
    const to = this.#random.pick(this.#others);
    await this.#known((sequence) =>
      this.#client.request({ type: 'direct', to, text, ...sequence }),
    );
  }

  /** Comes to a room, or leaves one; the lobby it never leaves, so that it can always speak. */
  async #moves(): Promise<void> {
    const room = this.#random.pick(this.#plan.rooms);
    await this.#move(this.#rooms.has(room) ? 'leave' : 'join', room);
  }

  async #move(type: 'join' | 'leave', room: string): Promise<void> {
    if (type === 'leave') this.#rooms.delete(room);
    await this.#insists(() => this.#client.request({ type, room }));
    if (type === 'join') this.#rooms.add(room);
  }

  /** Asks again until it is granted, or refused since it was granted before. */
  async #insists(ask: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (error instanceof Refused && error.retryAfterMs === undefined) return;
        if (!(error instanceof Refused || error instanceof Unknown)) return this.#odd(error);
      }
      await pause(againMs);
    }
  }

  /** Sends a message until it is known what became of it; undefined if it is not stored. */
  async #known<T>(send: (sequence: { sequence?: number }) => Promise<T>): Promise<T | undefined> {
    let again: { sequence?: number } = {};
    for (;;) {
      try {
        return await send(again);
      } catch (error) {
        // It left the room meanwhile: then it is not known whether a message of before is there.
        const refusal = error instanceof Unknown ? error.cause : error;
        if (refusal instanceof Refused && refusal.code === 'NotInRoom') return undefined;
        if (error instanceof Unknown && error.sequence !== undefined)
          again = { sequence: error.sequence };
        else if (!(error instanceof Refused && error.retryAfterMs !== undefined))
          return this.#odd(error);
      }
      await pause(againMs);
    }
  }

  #odd(error: unknown): undefined {
    this.oddities.push(`${this.user}: ${String(error)}`);
  }

  /** Told apart from every other by who says it and how manieth it is. */
  #nextText(): string {
    this.#texts += 1;
    return `${this.user}.${this.#texts}`;
  }
}
