import type { Recorded } from '../../core/event-store.ts';
import type { ChatView } from '../../core/views/chat.ts';
import { departuresBy } from '../../core/views/rooms.ts';
import { sessionsOf } from '../../core/views/sessions.ts';
import { Intervals } from './report-intervals.ts';

/** How something ended: `open` when it had not by the end. */
type End = 'open' | 'over' | 'lost';

/** What a report shows, as its page reads it. Times are milliseconds since `from`. */
export interface ReportData {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly lengthMs: number;
  readonly events: number;
  readonly messages: number;
  /** What the numbers in the lists below stand for. */
  readonly rooms: readonly string[];
  readonly users: readonly string[];
  readonly servers: readonly string[];
  /** Messages by room, the busiest first, in each of `buckets` equal parts of the time. */
  readonly activity: readonly { readonly room: number; readonly counts: readonly number[] }[];
  /** Servers' lives, people's sessions with them, and people's stays in rooms. */
  readonly lives: readonly (readonly [server: number, start: number, end: number, how: End])[];
  readonly sessions: readonly (readonly [
    user: number,
    server: number,
    start: number,
    end: number,
    how: End,
  ])[];
  readonly stays: readonly (readonly [room: number, user: number, start: number, end: number])[];
  /** When the log was set back, and from which position of a partition on what it held was lost. */
  readonly setBacks: readonly (readonly [at: number, partition: number, from: number])[];
  /** How many sessions and stays are not there: a page that holds too many can be moved no more. */
  readonly leftOut: number;
}

const buckets = 96;
/** A browser finds who was where among so many without being felt to. */
const intervalsMax = 50_000;

/** Gathers what a report shows, record by record. */
export class ReportGatherer {
  readonly #from: number;
  readonly #lengthMs: number;
  readonly #rooms = new Names();
  readonly #users = new Names();
  readonly #servers = new Names();
  readonly #activity = new Map<string, number[]>();
  readonly #lives = new Intervals<{ server: string }>(intervalsMax);
  readonly #sessions = new Intervals<{ user: string; server: string }>(intervalsMax);
  readonly #stays = new Intervals<{ room: string; user: string }>(intervalsMax);
  readonly #setBacks: (readonly [at: number, partition: number, from: number])[] = [];
  #events = 0;
  #messages = 0;

  /** `view`: the state at the beginning; times are milliseconds since 1970. */
  constructor(view: ChatView, { from, to }: { readonly from: number; readonly to: number }) {
    this.#from = from;
    this.#lengthMs = Math.max(to - from, 1);
    for (const server of view.servers.keys()) this.#lives.open(server, 0, { server });
    for (const { session, user, server, isDetached } of view.sessions.bySession.values())
      if (!isDetached) this.#sessions.open(session, 0, { user, server });
    for (const { room, name, members } of view.rooms.byRoom.values()) {
      this.#rooms.call(room, name);
      for (const [session, { user }] of members)
        this.#stays.open(stayKey(room, session), 0, { room, user });
    }
  }

  /** A record that changes nothing of the state. */
  count(): void {
    this.#events += 1;
  }

  /** `view`: the state before the record. */
  take(view: ChatView, recorded: Recorded): void {
    this.#events += 1;
    const at = recorded.at - this.#from;
    const { event } = recorded;
    for (const { room, session } of departuresBy(view.rooms, recorded))
      this.#stays.close(stayKey(room.room, session), at, 'over');
    switch (event.type) {
      case 'MessagePosted':
        return this.#said(event.data.room, at);
      case 'RoomJoined': {
        const { room, name, user, session } = event.data;
        this.#rooms.call(room, name);
        return this.#stays.open(stayKey(room, session), at, { room, user });
      }
      case 'SessionOpened':
      case 'SessionResumed': {
        const { user, session, server } = event.data;
        const before = view.sessions.byUser.get(user);
        if (before !== undefined) this.#sessions.close(before.session, at, 'over');
        return this.#sessions.open(session, at, { user, server });
      }
      case 'SessionDetached':
      case 'SessionClosed':
        return this.#sessions.close(event.data.session, at, 'over');
      case 'EpochStarted':
        if (event.data.previous !== undefined)
          this.#setBacks.push([at, recorded.partition, event.data.from]);
        return;
      case 'ServerStarted':
        return this.#lives.open(event.data.server, at, { server: event.data.server });
      case 'ServerStopped':
      case 'ServerLost': {
        const how = event.type === 'ServerLost' ? 'lost' : 'over';
        for (const { session } of sessionsOf(view.sessions, event.data, recorded.partition))
          this.#sessions.close(session, at, how);
        return this.#lives.close(event.data.server, at, how);
      }
      default:
    }
  }

  result(): ReportData {
    const [rooms, users, servers] = [this.#rooms, this.#users, this.#servers];
    const end = this.#lengthMs;
    const activity = [...this.#activity]
      .map(([room, counts]) => ({ room: rooms.numberOf(room), counts }))
      .toSorted((one, other) => sum(other.counts) - sum(one.counts));
    const lives = this.#lives.all(end).map(({ of: { server }, start, end: over, how }) => {
      return [servers.numberOf(server), start, over, how] as const;
    });
    const sessions = this.#sessions
      .all(end)
      .map(({ of: { user, server }, start, end: over, how }) => {
        return [users.numberOf(user), servers.numberOf(server), start, over, how] as const;
      });
    const stays = this.#stays.all(end).map(({ of: { room, user }, start, end: over }) => {
      return [rooms.numberOf(room), users.numberOf(user), start, over] as const;
    });
    return {
      from: this.#from,
      lengthMs: end,
      events: this.#events,
      messages: this.#messages,
      activity,
      lives,
      sessions,
      stays,
      setBacks: this.#setBacks,
      leftOut: this.#sessions.leftOut + this.#stays.leftOut,
      rooms: rooms.shown,
      users: users.shown,
      servers: servers.shown,
    };
  }

  #said(room: string, at: number): void {
    this.#messages += 1;
    const counts = this.#activity.get(room) ?? Array.from({ length: buckets }, () => 0);
    const bucket = Math.min(Math.floor((at / this.#lengthMs) * buckets), buckets - 1);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.#activity.set(room, counts);
  }
}

/** Names, each written once and then called by its number. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #shown = new Map<string, string>();

  get shown(): readonly string[] {
    return [...this.#numbers.keys()].map((name) => this.#shown.get(name) ?? name);
  }

  /** What a name is shown as, from the first one who writes it. */
  call(name: string, shown: string): void {
    if (!this.#shown.has(name)) this.#shown.set(name, shown);
  }

  numberOf(name: string): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }
}

const stayKey = (room: string, session: string): string => `${session}:${room}`;

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);
