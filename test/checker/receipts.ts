import type { ConnectionTrace, Names } from './connection-trace.ts';
import type { LogIndex, Message, Notice } from './log-index.ts';

/** Something that a connection received and that has a place in the log's order. */
export type Receipt =
  | {
      readonly kind: 'message' | 'subbed';
      readonly line: number;
      readonly partition: number;
      readonly order: number;
      readonly message: Message;
      /** It was received before. */
      readonly again: boolean;
    }
  /** A receipt of its own message: told at its place or, behind earlier answers, later. */
  | {
      readonly kind: 'ok';
      readonly line: number;
      readonly partition: number;
      readonly order: number;
    }
  | {
      readonly kind: 'joined' | 'goodbye';
      readonly line: number;
      readonly partition: number;
      readonly order: number;
    }
  | NoticeReceipt<'entered'>
  | NoticeReceipt<'left'>
  /** It was told to have joined a room, and its session has no such join. */
  | { readonly kind: 'joinNotLogged'; readonly line: number; readonly room: string };

interface NoticeReceipt<K extends Notice['kind']> {
  readonly kind: K;
  readonly line: number;
  readonly roomAndUser: string;
}

/** What a connection received, in order, with the places in the log; needs its session. */
export function* receiptsOf(
  log: LogIndex,
  trace: ConnectionTrace,
  names: Names,
): Generator<Receipt> {
  const { entries, session } = trace;
  const seen = new Uint8Array(log.messages.length);
  const joins = new Joins(log, trace);
  for (let index = 0; index < entries.length; index++) {
    const line = entries.line(index);
    const about = entries.about(index);
    const kind = entries.kind(index);
    switch (kind) {
      case 'message':
      case 'subbed':
      case 'ok': {
        const message = log.messages[about];
        if (message === undefined) break;
        const { partition, order } = message;
        if (kind === 'ok') {
          yield { kind, line, partition, order };
          break;
        }
        const again = seen[about] === 1;
        seen[about] = 1;
        yield { kind, line, partition, order, message, again };
        break;
      }
      case 'joined': {
        const place = joins.next(names.name(about));
        if (place === 'none') yield { kind: 'joinNotLogged', line, room: names.name(about) };
        else if (place !== undefined) yield { kind, line, ...place };
        break;
      }
      case 'goodbye':
        if (session !== undefined && session.open.to !== Infinity)
          yield { kind, line, partition: session.partition, order: before(session.open.to) };
        break;
      default:
        yield { kind, line, roomAndUser: names.name(about) };
    }
  }
}

/** An event that is no item lies between two of them. */
const before = (order: number): number => order - 0.5;

/** Finds each join that a line client was told of among its session's. */
class Joins {
  readonly #memberships: ReturnType<LogIndex['memberships']['get']>;
  readonly #inOrder: boolean;
  /** The first is the lobby's, of the login. */
  #current = 0;

  constructor(log: LogIndex, { session }: ConnectionTrace) {
    this.#memberships = log.memberships.get(session?.id ?? '');
    // With several partitions the dump does not tell which join came first.
    this.#inOrder = log.items.size === 1;
  }

  /** Its place; undefined when it changed nothing, or its place cannot be told. */
  next(room: string): { partition: number; order: number } | 'none' | undefined {
    const memberships = this.#memberships ?? [];
    if (!this.#inOrder)
      return memberships.some((membership) => membership.room === room) ? undefined : 'none';
    if (memberships[this.#current]?.room === room) return undefined;
    const next = memberships[this.#current + 1];
    if (next?.room !== room) return 'none';
    this.#current += 1;
    return { partition: next.partition, order: before(next.from) };
  }
}
