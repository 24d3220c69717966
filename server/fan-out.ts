import type { WireFormat } from '../adapters/client-link.ts';
import type { Answer } from '../core/answer.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Recorded } from '../core/event-store.ts';
import { unreachable } from '../core/rejection.ts';
import type { Connection } from './connection.ts';

/**
 * Writing to a socket costs more than all else that a message costs, so what goes to many
 * connections at once is paced: after a flush to n of them the log is not read for n times this long,
 * and what has come meanwhile leaves in one write. A few connections never wait.
 */
const flushMsPerConnection = 0.4;
/** …but never longer than this, which nobody notices. */
const flushMsMax = 20;

/**
 * Brings what the log shows to the connections of this server. Each delivery is encoded once for
 * each wire format; each connection is flushed at most once a batch.
 */
export class FanOut {
  readonly #bySession = new Map<string, Connection>();
  readonly #expected = new Map<string, Connection>();
  readonly #touched = new Set<Connection>();
  /** The place in the log that all sessions were told last. */
  #toldAll = '';

  /** From now on, what concerns `session` goes to `connection`. */
  bind(session: string, connection: Connection): void {
    this.#bySession.set(session, connection);
  }

  /** …no longer; if `connection` is given, only while it is the one that it goes to. */
  unbind(session: string, connection = this.#bySession.get(session)): void {
    if (this.#bySession.get(session) === connection) this.#bySession.delete(session);
  }

  /** A session is about to be resumed by a record of this cause, by this connection. */
  expect(cause: string, connection: Connection): void {
    this.#expected.set(cause, connection);
  }

  expectNoMore(cause: string): void {
    this.#expected.delete(cause);
  }

  /** Who resumes a session by a record of this cause. */
  expected(cause: string): Connection | undefined {
    return this.#expected.get(cause);
  }

  holder(session: string): Connection | undefined {
    return this.#bySession.get(session);
  }

  sessions(): Iterable<[string, Connection]> {
    return this.#bySession;
  }

  deliver(recorded: Recorded, deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (delivery.kind === 'answer' || delivery.kind === 'ended') this.#toOne(recorded, delivery);
      else this.#toAll(recorded, delivery);
    }
  }

  /**
   * Sends what was delivered; `cursor` tells the place in the log that this is up to. Answers how
   * long to let the next deliveries gather, in milliseconds.
   */
  flush(cursor: () => string): number {
    const encode = encodeOnce((format) => (format.resumes ? format.cursor(cursor()) : undefined));
    for (const connection of this.#touched) {
      const bytes = encode(connection.format);
      if (bytes !== undefined) connection.send(bytes);
      connection.flush();
    }
    const pauseMs = Math.min(flushMsMax, this.#touched.size * flushMsPerConnection);
    this.#touched.clear();
    return pauseMs;
  }

  /** The same for every session, also one that nothing was delivered to; unless it was so before. */
  flushAll(cursor: () => string): void {
    const place = cursor();
    // Whoever has come since has it from the session.
    if (place === this.#toldAll) return;
    this.#toldAll = place;
    for (const connection of this.#bySession.values())
      if (connection.held !== undefined) this.#touched.add(connection);
    this.flush(cursor);
  }

  /** Tells every session something that is not from the log. */
  tellAll(answer: Answer): void {
    const encode = encodeOnce((format) => format.answer(answer, undefined));
    for (const connection of this.#bySession.values()) {
      const bytes = connection.held === undefined ? undefined : encode(connection.format);
      if (bytes === undefined) continue;
      connection.send(bytes);
      connection.flush();
    }
  }

  #toAll(recorded: Recorded, delivery: Exclude<Delivery, { kind: 'answer' | 'ended' }>): void {
    const encode = encodeOnce((format) => format.delivery(delivery));
    for (const session of delivery.to) {
      const connection = this.#bySession.get(session);
      const bytes = connection === undefined ? undefined : encode(connection.format);
      if (connection === undefined || bytes === undefined) continue;
      connection.send(bytes);
      if (delivery.kind === 'message')
        connection.outgoing.showed({ room: delivery.room, number: recorded.revision });
      if (delivery.kind === 'direct') connection.held?.marks.sent(recorded);
      this.#touched.add(connection);
    }
    if (!('own' in delivery)) return;
    for (const session of delivery.own) {
      const connection = this.#bySession.get(session);
      if (connection === undefined || !connection.format.echoes) continue;
      const bytes = encode(connection.format);
      if (bytes === undefined) continue;
      connection.send(bytes);
      this.#touched.add(connection);
    }
  }

  #toOne(recorded: Recorded, delivery: Extract<Delivery, { kind: 'answer' | 'ended' }>): void {
    const connection = this.#bySession.get(delivery.to[0]);
    if (connection === undefined) return;
    this.#touched.add(connection);
    switch (delivery.kind) {
      case 'answer':
        if (delivery.answer.kind === 'stored')
          connection.messages.stored(recorded.id, delivery.answer);
        else connection.answers.folded(delivery.answer, recorded.cause, connection.held);
        break;
      case 'ended':
        connection.sessionEnded(delivery.reason);
        break;
      default:
        unreachable(delivery);
    }
  }
}

/** One Buffer for each wire format, shared by all connections that speak it. */
function encodeOnce(
  encode: (format: WireFormat) => Buffer | undefined,
): (format: WireFormat) => Buffer | undefined {
  const encoded = new Map<WireFormat, Buffer | undefined>();
  let lastFormat: WireFormat | undefined;
  let last: Buffer | undefined;
  return (format) => {
    if (format === lastFormat) return last;
    if (!encoded.has(format)) encoded.set(format, encode(format));
    lastFormat = format;
    last = encoded.get(format);
    return last;
  };
}
