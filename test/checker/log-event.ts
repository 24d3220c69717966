import { hash } from 'node:crypto';
import type { RawRecord } from './log-dump.ts';

/** What the checker needs of an event; all others are `other`. */
export type LogEvent =
  | {
      readonly type: 'SessionOpened';
      readonly user: string;
      readonly session: string;
      readonly server: string;
      readonly incarnation: number;
    }
  | { readonly type: 'SessionClosed'; readonly user: string; readonly session: string }
  | {
      readonly type: 'RoomJoined';
      readonly room: string;
      readonly user: string;
      readonly session: string;
      readonly server: string;
      readonly incarnation: number;
    }
  | {
      readonly type: 'RoomLeft';
      readonly room: string;
      readonly user: string;
      readonly session: string;
    }
  | {
      readonly type: 'MessagePosted';
      readonly room: string;
      readonly user: string;
      readonly session: string;
      readonly text: string;
    }
  | FollowingEvent<'UserSubscribed'>
  | FollowingEvent<'UserUnsubscribed'>
  | ServerEvent<'ServerStarted'>
  | ServerEvent<'ServerStopped'>
  | ServerEvent<'ServerLost'>
  | { readonly type: 'EpochStarted'; readonly epoch: string; readonly previous?: string }
  | { readonly type: 'other' };

interface FollowingEvent<T extends string> {
  readonly type: T;
  readonly user: string;
  readonly target: string;
}

interface ServerEvent<T extends string> {
  readonly type: T;
  readonly server: string;
  readonly incarnation: number;
}

/** A record with its metadata read. */
export interface LogRecord extends RawRecord {
  readonly id: string;
  readonly actor: { readonly server: string; readonly incarnation: number };
  readonly event: LogEvent;
  /** Whether the body, if there is one, can be read and is the one that the metadata names. */
  readonly bodyIsSound: boolean;
}

const bodyPlain = 0;

/** @throws Error saying what of the metadata cannot be read */
export function readRecord(raw: RawRecord): LogRecord {
  const meta = new Fields(JSON.parse(raw.meta), 'the metadata');
  const actor = new Fields(meta.get('actor'), 'the actor');
  const data = new Fields(meta.get('data'), 'the data');
  return {
    ...raw,
    id: meta.text('id'),
    actor: { server: actor.text('server'), incarnation: actor.number('incarnation') },
    event: readEvent(meta.text('type'), data, raw),
    bodyIsSound: isSound(raw, meta.get('body')),
  };
}

function readEvent(type: string, data: Fields, { body, text: opened }: RawRecord): LogEvent {
  switch (type) {
    case 'SessionOpened':
      return { type, ...session(data), ...holder(data) };
    case 'SessionClosed':
      return { type, ...session(data) };
    case 'RoomJoined':
      return { type, room: data.text('room'), ...session(data), ...holder(data) };
    case 'RoomLeft':
      return { type, room: data.text('room'), ...session(data) };
    case 'MessagePosted': {
      const text = opened ?? Buffer.from((body ?? new Uint8Array()).subarray(1)).toString('utf8');
      return { type, room: data.text('room'), ...session(data), text };
    }
    case 'UserSubscribed':
    case 'UserUnsubscribed':
      return { type, user: data.text('user'), target: data.text('target') };
    case 'ServerStarted':
    case 'ServerStopped':
    case 'ServerLost':
      return { type, ...holder(data) };
    case 'EpochStarted': {
      const previous = data.get('previous');
      const epoch = data.text('epoch');
      return typeof previous === 'string' ? { type, epoch, previous } : { type, epoch };
    }
    default:
      return { type: 'other' };
  }
}

const session = (data: Fields) => ({ user: data.text('user'), session: data.text('session') });

const holder = (data: Fields) => ({
  server: data.text('server'),
  incarnation: data.number('incarnation'),
});

function isSound({ body, text }: RawRecord, named: unknown): boolean {
  if (body === undefined) return named === undefined;
  const canBeRead = body[0] === bodyPlain || text !== undefined;
  return canBeRead && named === hash('sha256', body, 'base64url');
}

/** The fields of a JSON object, read with their types. */
class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #of: string;

  constructor(value: unknown, of: string) {
    if (typeof value !== 'object' || value === null) throw new Error(`${of} is no object`);
    this.#values = new Map(Object.entries(value));
    this.#of = of;
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw new Error(`${this.#of} has no text ${name}`);
    return value;
  }

  number(name: string): number {
    const value = this.get(name);
    if (typeof value !== 'number') throw new Error(`${this.#of} has no number ${name}`);
    return value;
  }
}
