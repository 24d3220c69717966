import type { Place } from './finding.ts';
import type { Message, Session } from './log-index.ts';

/** A message that a connection sent, and what became of it. */
export interface Sent {
  readonly connection: ConnectionTrace;
  /** Where the history has its invocation. */
  readonly line: number;
  /** The canonical name of the room it was sent to. */
  readonly room: string;
  readonly text: string;
  /** What the log has of it. */
  readonly stored: Message | undefined;
  outcome: Outcome;
}

export type Outcome =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'ok';
      readonly line: number;
      /** The room's canonical name. */
      readonly room: string;
      readonly epoch: string;
      readonly number: number;
    }
  | { readonly status: 'error'; readonly line: number; readonly text: string };

export interface Welcome {
  readonly user: string;
  readonly line: number;
  readonly at: number;
  /** The session's id, where the history tells it. */
  readonly session: string | undefined;
}

/** What one connection did and saw, small enough for millions of receipts. */
export interface ConnectionTrace {
  readonly client: string;
  readonly number: number;
  /** Where it ended, so far. */
  line: number;
  /** When it last tried to log in, and where and when it was welcomed. */
  loginAt: number;
  welcome: Welcome | undefined;
  /** Whose messages it sent, as far as it was welcomed, now or earlier. */
  author: string | undefined;
  /** Anything that it lacks at its end was lost. */
  complete: boolean;
  readonly sent: Sent[];
  readonly entries: Entries;
  /** The session of the log that it was, as far as that is known. */
  session: Session | undefined;
}

const entryKinds = ['message', 'subbed', 'ok', 'joined', 'goodbye', 'entered', 'left'] as const;
export type EntryKind = (typeof entryKinds)[number];

/**
 * What a connection received, in order: for each the kind, where the history has it, and what it
 * is about. That is the index of a message, or the number of a name: of a room (`joined`), of a
 * room and a user (`entered`, `left`), or 0.
 */
export class Entries {
  #values = new Int32Array(3 * 64);
  length = 0;

  push(kind: EntryKind, about: number, line: number): void {
    const start = 3 * this.length;
    if (start === this.#values.length) {
      const larger = new Int32Array(2 * start);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[start] = entryKinds.indexOf(kind);
    this.#values[start + 1] = about;
    this.#values[start + 2] = line;
    this.length += 1;
  }

  kind(index: number): EntryKind {
    return entryKinds[this.#values[3 * index] ?? 0] ?? 'message';
  }

  about(index: number): number {
    return this.#values[3 * index + 1] ?? 0;
  }

  line(index: number): number {
    return this.#values[3 * index + 2] ?? 0;
  }
}

/** Numbers for names, both ways. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  name(number: number): string {
    return this.#names[number] ?? '';
  }
}

/** A room and a user under one name. Neither has a space. */
export const roomAndUser = (room: string, user: string): string => `${room} ${user}`;

/** Where a trace stands, or another line of it, and which of the log's messages it is about. */
export function placeOf(
  { client, number, line: last }: ConnectionTrace,
  message?: { readonly partition: number; readonly position: number },
  line = last,
): Place {
  const where = { client, connection: number, line };
  if (message === undefined) return where;
  return { ...where, partition: message.partition, position: message.position };
}
