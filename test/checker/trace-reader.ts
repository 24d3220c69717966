import {
  type ConnectionTrace,
  Entries,
  Names,
  placeOf,
  roomAndUser,
  type Sent,
} from './connection-trace.ts';
import type { Findings } from './finding.ts';
import type { ClientHistory, HistoryEvent } from './history.ts';
import { canonicalRoom, type LogIndex, type Message } from './log-index.ts';

type EventOf<K extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: K }>;

/**
 * Reads histories, each once, into traces that refer to the log. What can be judged by a line and
 * the log alone is judged here: a text that is not in the log at all, or is another's or another
 * room's there.
 */
export class TraceReader {
  readonly traces: ConnectionTrace[] = [];
  readonly names = new Names();
  /** Which of the log's messages somebody sent. */
  readonly invoked: Uint8Array;
  clients = 0;
  readonly #log: LogIndex;
  readonly #findings: Findings;
  readonly #invokedInVain = new Set<string>();
  readonly #rooms = new Map<string, string>();

  constructor(log: LogIndex, findings: Findings) {
    this.#log = log;
    this.#findings = findings;
    this.invoked = new Uint8Array(log.messages.length);
  }

  async read({ client, events }: ClientHistory): Promise<void> {
    this.clients += 1;
    const reading = new HistoryReading(client);
    const take = (event: HistoryEvent): void => {
      const trace = reading.next(event.connection);
      this.#take(reading, trace, event);
    };
    if (Symbol.asyncIterator in events) for await (const event of events) take(event);
    else for (const event of events) take(event);
    for (const trace of reading.traces.values()) this.traces.push(trace);
  }

  #take(reading: HistoryReading, trace: ConnectionTrace, event: HistoryEvent): void {
    const { entries, line } = trace;
    switch (event.kind) {
      case 'message':
        this.#received(trace, 'message', event, this.#room(event.room));
        break;
      case 'subbed':
        this.#received(trace, 'subbed', event);
        break;
      case 'entered':
      case 'left': {
        const name = roomAndUser(this.#room(event.room), event.user);
        entries.push(event.kind, this.names.number(name), line);
        break;
      }
      case 'invoke':
        reading.sent(trace, event.message, this.#invoke(trace, event));
        break;
      case 'ok':
      case 'error':
      case 'unknown':
        this.#answer(trace, reading.invoked(trace, event.message), event);
        break;
      case 'joined':
        entries.push('joined', this.names.number(this.#room(event.room)), line);
        break;
      case 'goodbye':
        entries.push('goodbye', 0, line);
        break;
      case 'login':
        if (trace.welcome === undefined) trace.loginAt = event.at;
        break;
      case 'welcome':
        trace.author ??= event.user;
        trace.welcome ??= { user: event.user, line, at: event.at, session: event.session };
        break;
      case 'earlier':
        trace.author ??= event.user;
        break;
      case 'closed':
        trace.complete = event.complete;
        break;
      case 'stray':
        this.#findings.add('strayReceipt', placeOf(trace), `"${event.line}" answers no message`);
        break;
      default:
    }
  }

  #received(
    trace: ConnectionTrace,
    kind: 'message' | 'subbed',
    { user, text }: { readonly user: string; readonly text: string },
    room?: string,
  ): void {
    const message = this.#log.byText.get(text);
    if (message === undefined) {
      const what = `received from ${user}, and not in the log: "${text}"`;
      this.#findings.add('receivedNotStored', placeOf(trace), what);
      return;
    }
    if (message.user !== user || (room !== undefined && message.room !== room)) {
      const prefix = room === undefined ? user : `${user} in ${room}`;
      const what = `"${text}" was shown as by ${prefix}, the log has it by ${inLog(message)}`;
      this.#findings.add('wrongPrefix', placeOf(trace, message), what);
    }
    trace.entries.push(kind, message.index, trace.line);
  }

  #invoke(trace: ConnectionTrace, { room, text }: EventOf<'invoke'>): Sent {
    const stored = this.#log.byText.get(text);
    const seen = stored === undefined ? this.#invokedInVain.has(text) : this.invoked[stored.index];
    if (seen) this.#findings.add('textTwice', placeOf(trace), `"${text}" was sent before`);
    if (stored === undefined) this.#invokedInVain.add(text);
    else this.invoked[stored.index] = 1;
    const { line } = trace;
    const outcome = { status: 'unknown' } as const;
    const sent: Sent = { connection: trace, line, room: this.#room(room), text, stored, outcome };
    trace.sent.push(sent);
    return sent;
  }

  #answer(
    trace: ConnectionTrace,
    sent: Sent | undefined,
    event: EventOf<'ok'> | EventOf<'error'> | EventOf<'unknown'>,
  ): void {
    const { line } = trace;
    if (sent === undefined || sent.outcome.status !== 'unknown') {
      const what = `an answer to message ${event.message}, which awaits none`;
      this.#findings.add('answeredTwice', placeOf(trace), what);
      return;
    }
    if (event.kind === 'error') sent.outcome = { status: 'error', line, text: event.text };
    if (event.kind !== 'ok') return;
    const { epoch, number } = event;
    sent.outcome = { status: 'ok', line, room: this.#room(event.room), epoch, number };
    if (sent.stored !== undefined) trace.entries.push('ok', sent.stored.index, line);
  }

  #room(name: string): string {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = canonicalRoom(name);
      this.#rooms.set(name, room);
    }
    return room;
  }
}

/** One history, while it is read. */
class HistoryReading {
  readonly traces = new Map<number, ConnectionTrace>();
  readonly #client: string;
  readonly #sent = new Map<ConnectionTrace, Map<number, Sent>>();
  #line = 0;

  constructor(client: string) {
    this.#client = client;
  }

  /** The trace that the next event belongs to. */
  next(number: number): ConnectionTrace {
    this.#line += 1;
    let trace = this.traces.get(number);
    if (trace === undefined) {
      trace = newTrace(this.#client, number);
      this.traces.set(number, trace);
      this.#sent.set(trace, new Map());
    }
    trace.line = this.#line;
    return trace;
  }

  sent(trace: ConnectionTrace, number: number, sent: Sent): void {
    this.#sent.get(trace)?.set(number, sent);
  }

  invoked(trace: ConnectionTrace, number: number): Sent | undefined {
    return this.#sent.get(trace)?.get(number);
  }
}

const newTrace = (client: string, number: number): ConnectionTrace => ({
  client,
  number,
  line: 0,
  loginAt: 0,
  welcome: undefined,
  author: undefined,
  complete: false,
  sent: [],
  entries: new Entries(),
  session: undefined,
});

const inLog = ({ user, room }: Message): string => `${user} in ${room}`;
