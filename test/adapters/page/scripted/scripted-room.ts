import type { OkOf, ServerFrameOf } from '../../../../adapters/websocket/server-frames.ts';

type Placed = ServerFrameOf<'message' | 'joined' | 'left' | 'event'>;

/** A room as a script fills it: all that happened in it, by number. */
export class ScriptedRoom {
  readonly room: string;
  readonly name: string;
  epoch = 'e1';
  readonly members = new Set<string>();
  readonly read = new Map<string, number>();
  #events: Placed[] = [];

  constructor(name: string) {
    this.name = name;
    this.room = name.toLowerCase();
  }

  /** The number of the last event. */
  get number(): number {
    return this.#events.length;
  }

  said(user: string, text: string, at: number): ServerFrameOf<'message'> {
    const frame = { type: 'message', ...this.#place(at), user, text } as const;
    this.#events.push(frame);
    return frame;
  }

  passed(type: 'joined' | 'left', user: string, at: number): ServerFrameOf<'joined' | 'left'> {
    if (type === 'joined') this.members.add(user);
    else this.members.delete(user);
    const frame = { type, ...this.#place(at), user } as const;
    this.#events.push(frame);
    return frame;
  }

  /** The log is set back: what was said from this number on is gone. */
  setBack(from: number, epoch: string): void {
    this.#events = this.#events.slice(0, from - 1);
    this.epoch = epoch;
  }

  joinedBy(user: string): OkOf<'join'> {
    const { room, name, epoch, number } = this;
    const read = this.read.get(user) ?? 0;
    const messages = this.#messages();
    const unread = messages.filter((message) => message.number > read && message.user !== user);
    const last = messages.at(-1);
    return {
      room,
      name,
      epoch,
      number,
      members: [...this.members],
      read,
      unread: Math.min(unread.length, 100),
      ...(last === undefined ? {} : { last }),
    };
  }

  history(range: { before?: number; after?: number; limit: number }): OkOf<'history'> {
    const { before = Infinity, after = 0, limit } = range;
    const all = this.#messages().filter(({ number }) => number < before && number > after);
    const messages = range.after === undefined ? all.slice(-limit) : all.slice(0, limit);
    return { room: this.room, messages, more: all.length > messages.length };
  }

  #messages(): OkOf<'history'>['messages'] {
    return this.#events
      .filter((event) => event.type === 'message')
      .map(({ number, at, user, text }) => ({ number, at, user, text }));
  }

  #place(at: number) {
    return { room: this.room, epoch: this.epoch, number: this.number + 1, at };
  }
}
